"""The population kernel: a `System` becomes straight-line programs that step many people at once.

Read graph.py (numbers as nodes), lower.py (formulas to nodes), derivative.py, ordering.py and
factorise.py (the Jacobian and its factors as nodes), programs.py (the programs), arrays.py (NumPy
runs them), then emit.py, vector_math.py, attempt.py, driver.py and build.py (LLVM runs them).
"""
