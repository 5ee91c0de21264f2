"""Our engine beside other tools: the same work, judged at equal achieved error."""
