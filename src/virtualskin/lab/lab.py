"""The verbs a person uses, strung together once; command line and app say nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from virtualskin.biology import Setting, item_findings, read_review_items
from virtualskin.calibrate import (
    KnockOut,
    fit,
    fitted_facts,
    judge,
    knock_outs,
    load_plan,
    switched,
    write_fit,
)
from virtualskin.evidence import Prisma
from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Findings,
    RunFailed,
    SkinError,
    UnknownName,
)
from virtualskin.lab.bench import Bench, set_up
from virtualskin.lab.check import check_catalogue
from virtualskin.lab.contradictions_run import ContradictionsRun, command_of_contradictions
from virtualskin.lab.counting import count_numbers
from virtualskin.lab.explain_claims import ClaimEntries
from virtualskin.lab.explain_contradictions import ContradictionEntries
from virtualskin.lab.explain_facts import FactEntries
from virtualskin.lab.explain_making import MakingEntries
from virtualskin.lab.explain_model import ModelEntries
from virtualskin.lab.explain_pools import PoolEntries, export_forest
from virtualskin.lab.explain_products import ProductEntries
from virtualskin.lab.explain_records import RecordEntries
from virtualskin.lab.explain_settings import SettingEntries
from virtualskin.lab.export import FOREST, LITERATURE, Export, export_model, known_export, placed
from virtualskin.lab.export_literature import export_literature
from virtualskin.lab.fact_run import FactRun
from virtualskin.lab.listing import Item, listing
from virtualskin.lab.literature import (
    ImportedReferences,
    ImportedSheet,
    count_search,
    import_references,
    import_sheet,
    new_sheet,
)
from virtualskin.lab.making import NewRecord, batch_page, new_record
from virtualskin.lab.manual import manual_of
from virtualskin.lab.naming import Names
from virtualskin.lab.review_run import ReviewRun, command_of_review
from virtualskin.lab.scoring_run import ScoringRun
from virtualskin.lab.search_run import (
    SearchRun,
    command_of_search,
    journal_in,
    with_candidates,
)
from virtualskin.lab.simulation_run import Asked, SimulationRun
from virtualskin.lab.sources import reference
from virtualskin.lab.treated_hazards import treated_hazards
from virtualskin.lab.trial_run import TrialRun
from virtualskin.population import (
    Robustness,
    Stress,
    check_robustness,
    read_cohort,
    read_phototypes,
    read_plausibility,
)
from virtualskin.report import (
    LANGUAGES,
    BatchPage,
    Explanation,
    Manual,
    NumberCounts,
    Reference,
    claim_folder,
    json_text,
    prisma_picture,
    words,
    write_files,
)
from virtualskin.report.folder import MARK
from virtualskin.review import (
    FactShelf,
    Judged,
    ResultStore,
    Size,
    Stock,
    compare_facts,
    load_facts,
    run_contradictions,
    run_review,
    usual_folder,
)
from virtualskin.review.scoring_controls import run_scoring_controls
from virtualskin.therapy.batch import LOTS, UNIVERSES
from virtualskin.trial import (
    RunSettings,
    Shelves,
    TrialResult,
    read_design,
    read_search,
    run_search,
    run_simulation,
    run_trial,
)
from virtualskin.trial.place import of_people
from virtualskin.trial.settings import BackendName, Progress

COHORT = "adult_face"  # whose light robustness is asked under


def _quiet(stage: str, done: int, total: int) -> None:
    """Say nothing about progress."""


@dataclass(frozen=True)
class Lab:
    """One catalogue and the verbs on it.

    Args:
        catalogue: the folders read.

    Example:
        >>> lab = Lab.open()
        >>> lab.explain("photodamage.k_repair").get("origin")
        ('calibrated',)
    """

    catalogue: Catalogue

    @classmethod
    def open(cls, overlay: Path | str | None = None) -> Lab:
        """The shipped catalogue, with an optional folder of the user's laid on top.

        Raises:
            SkinError: if `overlay` is not a folder.
        """
        return cls(Catalogue.open(overlay))

    def browse(self, kind: str = "kinds", *, lang: str = "en") -> list[Item]:
        """What there is of one kind, each item with id and title.

        Args:
            kind: mechanisms, drives, products, trials …; `kinds` names them all.
            lang: language of titles that exist in two.

        Raises:
            UnknownName: for another kind.
            BadInput: if the catalogue carries errors.
        """
        return listing(self._bench, self._names, kind, lang)

    def explain(self, name: str) -> Explanation:
        """Equation → row → source → grade → use of anything that has a name.

        Args:
            name: as people write it (`photodamage.k_repair`), the model's own id
                (`photodamage_k_repair`), or the symbol alone where only one thing is called so.

        Raises:
            UnknownName: if nothing is called so.
            SkinError: if a short name means several things.
            BadInput: if the catalogue carries errors.
        """
        return self._names.resolve(name).make()

    def batch(
        self,
        process: str,
        engineering: Iterable[str] = (),
        *,
        lots: int = LOTS,
        universes: int = UNIVERSES,
        seed: int = RunSettings.seed,
    ) -> BatchPage:
        """A batch from donor to syringe: yield, potency, lots, release limits, cost, storage.

        Args:
            process: id of a manufacturing record, or of a product that names one.
            engineering: what its cells were made to be, beside what the process itself names.
            lots: lots drawn.
            universes: draws of our ignorance.
            seed: master seed; same seed, same numbers.

        Raises:
            UnknownName: for an unknown process or engineering record.
            BadInput: if the records of making carry errors.
            SkinError: for a size below 1.
        """
        return batch_page(
            self.catalogue, process, engineering, lots=lots, universes=universes, seed=seed
        )

    def new(
        self,
        kind: str,
        name: str,
        *,
        source: Path | str | None = None,
        out: Path | str | None = None,
    ) -> NewRecord:
        """A new record: a product from a certificate, or a stub that fails the check until filled.

        Args:
            kind: there is `product`.
            name: id of the record, lower_snake.
            source: certificate, CSV or YAML; None for a stub.
            out: folder laid out like the catalogue, made if it is not there; None to write nothing.

        Raises:
            SkinError: for another kind, a name that is taken, a place that cannot be written to.
            BadInput: with every finding on the certificate.
        """
        place = None if out is None else Path(out)
        certificate = None if source is None else Path(source)
        return new_record(self._bench, kind, name, source=certificate, out=place)

    def check(self, folder: Path | str | None = None) -> Findings:
        """Everything that is wrong with the catalogue, or with a folder laid on top of it.

        Args:
            folder: the user's folder; None for the catalogue this lab has open.

        Raises:
            SkinError: if `folder` is not a folder.
        """
        return check_catalogue(self.catalogue if folder is None else Catalogue.open(folder))

    def run_trial(  # noqa: PLR0913 - the flags of the command, one by one
        self,
        trial: str | Path,
        *,
        people: int = RunSettings.people,
        universes: int = RunSettings.universes,
        seed: int = RunSettings.seed,
        workers: int | None = None,
        knockout: Iterable[str] = (),
        backend: BackendName = RunSettings.backend,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        lang: str = "en",
    ) -> TrialRun:
        """Simulate a published trial or a planned design.

        Args:
            trial: id of a trial or design, or a YAML file.
            people: size of the pool of virtual people.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: processes, None for all cores; never changes a result.
            knockout: pathways or drives held at the control's course, mechanisms held at 1. What
                holds nothing is told as a warning of the run.
            backend: the solver: `population` (many people at once), `roadrunner` or `reference`
                (independent and slow).
            progress: called with stage, done and total.
            out: folder to write the report to; None for none.
            lang: language of the report.

        Raises:
            UnknownName: for an unknown trial, knock-out or backend.
            BadInput: with every finding, if the design or the catalogue carries errors.
            SkinError: for a size below 1, a folder that is not ours to write to, or a catalogue
                that was changed after this lab had read it (the stamp would be false).
            RunFailed: if not one person could be solved.
        """
        words(lang)
        if out is not None:
            claim_folder(Path(out))
        settings = RunSettings(
            people=people,
            universes=universes,
            seed=seed,
            knockout=tuple(knockout),
            workers=workers,
            backend=backend,
        )
        bench = self._bench
        bench.skin.drives_of(settings.knockout)  # refuses unknown names before anybody is drawn
        self._still_the_same(self.catalogue.hash())
        design, file = read_design(
            str(trial),
            self.catalogue,
            bench.trials,
            bench.therapies,
            read_plausibility(self.catalogue, bench.skin),
        )
        result = run_trial(
            design,
            file,
            catalogue=self.catalogue,
            skin=bench.skin,
            therapies=bench.therapies,
            shelf=bench.trials,
            settings=settings,
            progress=progress,
        )
        self._still_the_same(result.stamp.catalogue)
        _somebody(result.failed, result.solved)
        found = (*bench.skin.findings, *self._idle(settings.knockout))
        harm = treated_hazards(bench, [(a.product, a.route) for a in design.arms])
        run = TrialRun(result, self.numbers(), self._references(result), found, harm)
        if out is not None:
            run.write(out, lang)
        return run

    def simulate(  # noqa: PLR0913 - the flags of the command, one by one
        self,
        scenario: Path | str | None = None,
        *,
        age: float | None = None,
        sex: str | None = None,
        phototype: str | None = None,
        setting: str | None = None,
        product: str | None = None,
        route: str | None = None,
        sessions: int | None = None,
        every: str | None = None,
        dose: float | None = None,
        depth_mm: float | None = None,
        weeks: float | None = None,
        quantities: Iterable[str] = (),
        people: int = RunSettings.people,
        universes: int = RunSettings.universes,
        seed: int = RunSettings.seed,
        workers: int | None = None,
        knockout: Iterable[str] = (),
        backend: BackendName = RunSettings.backend,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        lang: str = "en",
    ) -> SimulationRun:
        """Follow the skin of one kind of person, treated or left alone.

        Args:
            scenario: a YAML file with person and courses; else the arguments below say them.
            age: years; the cohort's range if left out, as for sex and phototype.
            sex: F or M.
            phototype: I to VI.
            setting: where the skin is: a wound, a mouse, a dish; the face if left out.
            product: product id; none for an untreated skin.
            route: route id; may be left out for a product that goes by one route only, and in a
                dish, where it is `medium`.
            sessions: how many; 1 if left out.
            every: time between sessions, such as `21d`.
            dose: per session and cm^2 of skin, in the unit of the product's record.
            depth_mm: depth of the device, mm.
            weeks: how long; 24 if left out, 1 in a dish.
            quantities: observables or states to read; those that the endpoints read if none, or
                those of the setting.
            people: virtual people of that kind.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: processes, None for all cores; never changes a result.
            knockout: pathways or drives held at the untreated skin's course, mechanisms at 1.
            backend: the solver.
            progress: called with stage, done and total.
            out: folder to write the report to; None for none.
            lang: language of the report.

        Raises:
            UnknownName: for an unknown setting, quantity, input or knock-out.
            BadInput: with every finding, if scenario, dose table or catalogue carry errors.
            SkinError: for flags that say too little or too much, a size below 1, a folder that is
                not ours to write to, or a catalogue that was changed after it was read.
            RunFailed: if not one person could be solved.
        """
        words(lang)
        if out is not None:
            claim_folder(Path(out))
        settings = RunSettings(
            people=people,
            universes=universes,
            seed=seed,
            knockout=tuple(knockout),
            workers=workers,
            backend=backend,
        )
        self._bench.skin.drives_of(settings.knockout)  # refuses unknown names at once
        asked = Asked(
            age, sex, phototype, product, route, sessions, every, dose, depth_mm, weeks, setting
        )
        place = None if setting is None else self._place(setting)
        if scenario is None:
            asked = asked.routed(self._bench.therapies, place)
        made, file = asked.scenario(scenario, names := tuple(quantities), place)
        self._still_the_same(self.catalogue.hash())
        result = run_simulation(
            made,
            file,
            self._shelves,
            settings=settings,
            command=asked.command(scenario, names, settings),
            progress=progress,
        )
        self._still_the_same(result.stamp.catalogue)
        _somebody(result.failed, result.solved)
        found = (*self._bench.skin.findings, *self._idle(settings.knockout))
        harmed = result.treatments if of_people(result.setting) else ()
        pairs = [(t.product, t.route) for t in harmed]
        run = SimulationRun(result, found, treated_hazards(self._bench, pairs))
        if out is not None:
            run.write(out, lang)
        return run

    def _place(self, name: str) -> Setting:
        """A setting by id; raises `UnknownName`."""
        known = self._bench.settings.records
        if name not in known:
            raise UnknownName("setting", name, known, where="--setting")
        return known[name]

    def optimise(  # noqa: PLR0913 - the flags of the command, one by one
        self,
        plan: str | Path,
        *,
        candidates: int | None = None,
        people: int = RunSettings.people,
        universes: int = RunSettings.universes,
        seed: int = RunSettings.seed,
        workers: int | None = None,
        backend: BackendName = RunSettings.backend,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        resume: bool = False,
        lang: str = "en",
    ) -> SearchRun:
        """Search regimens for several goals under limits, and say where the front extrapolates.

        Args:
            plan: id of a plan of the catalogue, or a YAML file.
            candidates: regimens tried, in place of the plan's number; with `resume`, a larger
                number carries a finished search on.
            people: virtual people that the best regimens are confirmed on.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: processes, None for all cores; never changes a result.
            backend: the solver.
            progress: called with stage, done and total.
            out: folder that keeps the search while it runs and its report afterwards.
            resume: go on with the search that `out` holds.
            lang: language of the report.

        Raises:
            UnknownName: for an unknown plan.
            BadInput: with every finding, if plan or catalogue carry errors.
            SkinError: for a size below 1, a folder that is not ours to write to, nothing to
                resume, or a folder that holds another search.
            RunFailed: if not one person could be solved.
        """
        words(lang)
        settings = RunSettings(
            people=people, universes=universes, seed=seed, workers=workers, backend=backend
        )
        self._still_the_same(self.catalogue.hash())
        made, file = read_search(str(plan), self._bench.trials)
        if candidates is not None:
            made = with_candidates(made, candidates)
        command = command_of_search(plan, candidates, settings)
        result = run_search(
            made,
            file,
            self._shelves,
            settings=settings,
            journal=journal_in(None if out is None else Path(out), command, resume=resume),
            resume=resume,
            command=command,
            progress=progress,
        )
        self._still_the_same(result.stamp.catalogue)
        _somebody(result.failed, result.solved)
        run = SearchRun(result, self._bench.skin.findings)
        if out is not None:
            run.write(out, lang)
        return run

    def calibrate(
        self,
        plan: str,
        *,
        refit: bool = True,
        workers: int | None = None,
        progress: Progress = _quiet,
        out: Path | str | None = None,
    ) -> tuple[Judged, ...]:
        """Fit the free numbers of a plan to its targets, or only judge the numbers as they are.

        Args:
            plan: id of a plan in `evidence/fits`.
            refit: fit anew (minutes); False judges the catalogue's own numbers.
            workers: processes, None for all cores; never changes a result.
            progress: called with stage, done and total.
            out: folder for the fitted tables, laid out like the catalogue, to be read on top of
                it; None for none.

        Returns:
            Every target with what the model says about it.

        Raises:
            UnknownName: for an unknown plan.
            BadInput: if plan and catalogue do not fit each other.
            SkinError: for a folder that is not ours to write to.
        """
        made, skin = load_plan(self.catalogue, plan), self._bench.skin
        if not refit:
            return judge(made, self._facts, skin, workers=workers)
        if out is not None:
            claim_folder(Path(out))

        def told(iteration: int, cost: float) -> None:
            progress("fit", iteration, made.settings.iterations)

        result = fit(made, self._facts, skin, workers=workers, progress=told)
        if out is not None:
            write_fit(result, skin, Path(out))
        return result.judged

    def manual(self) -> Manual:
        """What the review names, what stands for it in the model, and every mechanism, counted.

        Raises:
            BadInput: if the catalogue, or its table of the review's items, carries errors.
        """
        items, findings = read_review_items(self.catalogue)
        findings += item_findings(items, self._bench.library)
        if findings:
            raise BadInput(findings)
        return manual_of(self._bench, [item for _, item in items])

    def export(
        self,
        form: str,
        model: str = "skin",
        *,
        lang: str = "en",
        out: Path | str | None = None,
        verdicts: Mapping[str, str] | None = None,
        spreadsheet: bool = False,
    ) -> Export:
        """The model, its papers, its claims or a forest plot in a format of other tools.

        Args:
            form: sbml (annotated, checked by libSBML), sbgn (SBGN-ML, Activity Flow), map (JSON:
                quantities, processes, signed edges) or picture (SVG: mechanisms and signed
                arrows); bibtex (papers); nanopub (claims as JSON-LD) or csv (claims, one a row);
                forest (SVG: studies and their pool).
            model: what to export: `skin`, with every delivery and action mechanism; `references`
                as bibtex; `claims` as nanopub or csv; for a forest the name of a pool.
            lang: language of the words in a picture.
            out: file, or folder, to write to; None to write nothing.
            verdicts: claim → verdict, to stand with the claims; None leaves verdicts out.
            spreadsheet: for csv: mark the text as UTF-8 for spreadsheets, and keep them from
                taking any of it for a formula.

        Raises:
            SkinError: for another format or model, or a place that cannot be written to.
            BadInput: if the catalogue carries errors.
            RunFailed: if the document does not pass its own check.

        Example:
            >>> Lab.open().export("sbml").counts["states"] > 40
            True
        """
        words(lang)
        known_export(form, model)
        place = None if out is None else Path(out)
        if form == FOREST:
            return export_forest(self._bench, model, lang=lang, out=place)
        if form in LITERATURE:
            made = export_literature(
                self.catalogue, form, verdicts=verdicts, spreadsheet=spreadsheet
            )
            return placed(made, place)
        return export_model(self._bench.skin, form, lang=lang, out=place)

    def import_references(
        self, files: Iterable[Path | str], into: Path | str, *, looked_up: str = ""
    ) -> ImportedReferences:
        """Add exports of reference managers and databases to a user's folder.

        Args:
            files: RIS, BibTeX, CSL-JSON, PubMed XML, text exports of CNKI; told by content.
            into: folder laid out like the catalogue, made if it is not there.
            looked_up: the day the exports were made, YYYY-MM-DD; what PubMed says of retractions
                then holds on that day, else on the day it last revised the record.

        Raises:
            BadInput: if a file cannot be read at all; nothing is written.
            SkinError: for a day that is none, two files of one name, or a folder not to be
                written to.
        """
        return import_references([Path(f) for f in files], Path(into), looked_up=looked_up)

    def import_sheet(self, file: Path | str, into: Path | str, *, name: str = "") -> ImportedSheet:
        """Write an extraction sheet as a dataset of a user's folder.

        Args:
            file: a workbook (.xlsx) or CSV file with the columns of `new_sheet`.
            into: folder laid out like the catalogue, made if it is not there.
            name: id of the dataset; the file's name if empty.

        Raises:
            BadInput: with every bad cell; nothing is written.
            SkinError: for a name that the catalogue has, or a folder not to be written to.
        """
        return import_sheet(Path(file), Path(into), name=name)

    def new_sheet(self, file: Path | str, *, like: str = "lab_effects") -> Path:
        """Write an empty extraction sheet: header, drop-down lists, legend in both languages.

        Args:
            file: a workbook (.xlsx) or CSV file that is not there yet.
            like: lab_effects or clinical_outcomes.

        Raises:
            UnknownName: for another sheet.
            SkinError: for a file that exists, or a place that cannot be written to.
        """
        return new_sheet(Path(file), like, self.catalogue)

    def prisma(self, *, out: Path | str | None = None) -> Prisma:
        """The counts of a PRISMA 2020 diagram, from what was imported and decided.

        Args:
            out: folder for the diagram in both languages and the counts; None for none.

        Raises:
            BadInput: if the log of imports carries errors.
            SkinError: for a folder that is not ours to write to.
        """
        counts = count_search(self.catalogue)
        if out is not None:
            claim_folder(Path(out))
            pictures = {f"prisma.{la}.svg": prisma_picture(counts, la) for la in LANGUAGES}
            mark = {MARK: "virtualskin prisma --catalog DIR\n"}
            write_files(Path(out), {**pictures, "prisma.json": json_text(counts.as_json()), **mark})
        return counts

    def compare(
        self,
        ids: Iterable[str] = (),
        *,
        universes: int = 1,
        seed: int = RunSettings.seed,
        workers: int | None = None,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        lang: str = "en",
    ) -> FactRun:
        """Simulate facts of physiology and hold the model against them and three baselines.

        Args:
            ids: facts; all if none is named.
            universes: draws of our ignorance; 1 is the catalogue's own numbers, undrawn.
            seed: master seed; same seed, same bytes.
            workers: threads, None for all cores; never changes a result.
            progress: called with stage, done and total.
            out: folder to write the report to; None for none.
            lang: language of the report.

        Raises:
            UnknownName: for a fact that does not exist.
            BadInput: with every finding, if facts or catalogue carry errors.
            SkinError: for a size below 1, a folder that is not ours to write to, or a catalogue
                that was changed after this lab had read it.
        """
        words(lang)
        if out is not None:
            claim_folder(Path(out))
        named = tuple(ids)
        shelf, bench = self._facts, self._bench
        facts = shelf.chosen(named)
        self._still_the_same(self.catalogue.hash())
        result = compare_facts(
            shelf,
            facts,
            bench.skin,
            fitted=fitted_facts(self.catalogue),
            catalogue=bench.hash,
            universes=universes,
            seed=seed,
            workers=workers,
            progress=progress,
        )
        sources = {r for f in facts for r in f.references if not r.startswith("doi:")}
        found = {s: reference(bench.evidence, s) for s in sorted(sources)}
        command = " ".join(["virtualskin compare", *named, f"--universes {universes}",
                            f"--seed {seed}"])  # fmt: skip
        run = FactRun(result, {s: p for s, p in found.items() if p is not None}, command)
        if out is not None:
            run.write(out, lang)
        return run

    def review(  # noqa: PLR0913 - size, place and language of a run
        self,
        ids: Iterable[str] = (),
        *,
        people: int = Size.people,
        universes: int = Size.universes,
        seed: int = Size.seed,
        workers: int | None = None,
        backend: BackendName = Size.backend,
        keep: bool = True,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        lang: str = "en",
    ) -> ReviewRun:
        """Run the claims of the review and judge them.

        Args:
            ids: claims, by id or code; all if none is named.
            people: people or donors of cells in every universe.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: threads, None for all cores; never changes a result.
            backend: the solver.
            keep: whether results of earlier runs are read and new ones kept
                (`VIRTUALSKIN_CACHE` names the folder).
            progress: called with stage, done and total.
            out: folder to write report and cards to; None for none.
            lang: language of the report.

        Raises:
            UnknownName: for a claim that does not exist.
            BadInput: with every finding, if claims or catalogue carry errors.
            SkinError: for a size below 1, a folder that is not ours to write to, or a catalogue
                that was changed after this lab had read it.
        """
        words(lang)
        if out is not None:
            claim_folder(Path(out))
        named = tuple(ids)
        size = Size(people, universes, seed, backend)
        bench = self._bench
        self._still_the_same(self.catalogue.hash())
        store = ResultStore(usual_folder() if keep else None)
        result = run_review(
            bench.claims,
            self._stock,
            ids=named,
            size=size,
            workers=workers,
            store=store,
            command=command_of_review(named, size, self.catalogue),
            progress=progress,
        )
        run = ReviewRun(result, bench)
        if out is not None and run.contradictions_near:
            names = run.contradictions_near
            sides = run_contradictions(
                bench.claims,
                self._stock,
                names=names,
                size=size,
                workers=workers,
                store=store,
                command=command_of_contradictions(names, size, self.catalogue),
                progress=progress,
            )
            run = ReviewRun(result, bench, sides)
        self._still_the_same(result.stamp.catalogue)
        if out is not None:
            run.write(out, lang)
        return run

    def contradictions(  # noqa: PLR0913 - size, place and language of a run
        self,
        names: Iterable[str] = (),
        *,
        people: int = Size.people,
        universes: int = Size.universes,
        seed: int = Size.seed,
        workers: int | None = None,
        backend: BackendName = Size.backend,
        keep: bool = True,
        progress: Progress = _quiet,
        out: Path | str | None = None,
        lang: str = "en",
    ) -> ContradictionsRun:
        """Run both sides of what the literature contradicts itself in, by the rule of claims.

        Args:
            names: contradictions; all if none is named.
            people: people or donors of cells in every universe.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: threads, None for all cores; never changes a result.
            backend: the solver.
            keep: whether results of earlier runs are read and new ones kept
                (`VIRTUALSKIN_CACHE` names the folder).
            progress: called with stage, done and total.
            out: folder to write the page to; None for none.
            lang: language of the page.

        Raises:
            UnknownName: for a contradiction that does not exist.
            BadInput: with every finding, if claims or catalogue carry errors.
            SkinError: for a size below 1, a folder that is not ours to write to, or a catalogue
                that was changed after this lab had read it.
        """
        words(lang)
        if out is not None:
            claim_folder(Path(out))
        named = tuple(names)
        size = Size(people, universes, seed, backend)
        self._still_the_same(self.catalogue.hash())
        result = run_contradictions(
            self._bench.claims,
            self._stock,
            names=named,
            size=size,
            workers=workers,
            store=ResultStore(usual_folder() if keep else None),
            command=command_of_contradictions(named, size, self.catalogue),
            progress=progress,
        )
        self._still_the_same(result.stamp.catalogue)
        run = ContradictionsRun(result, self._bench)
        if out is not None:
            run.write(out, lang)
        return run

    def scoring_controls(
        self,
        *,
        people: int = Size.people,
        universes: int = Size.universes,
        seed: int = Size.seed,
        workers: int | None = None,
        backend: BackendName = Size.backend,
        progress: Progress = _quiet,
    ) -> ScoringRun:
        """Try the scoring of claims itself: without uptake, on random pairs, with arrows turned.

        Args:
            people: people or donors of cells in every universe.
            universes: draws of our ignorance.
            seed: master seed; same seed, same bytes.
            workers: threads, None for all cores; never changes a result.
            backend: the solver.
            progress: called with stage, done and total.

        Raises:
            BadInput: with every finding, if claims or catalogue carry errors.
            SkinError: for a size below 1, or a catalogue that was changed after this lab read it.
        """
        size = Size(people, universes, seed, backend)
        self._still_the_same(self.catalogue.hash())
        made = run_scoring_controls(
            self._bench.claims, self._stock, size=size, workers=workers, progress=progress
        )
        self._still_the_same(self.catalogue.hash())
        return ScoringRun(made)

    def knockouts(self, names: Iterable[str] = ()) -> tuple[KnockOut, ...]:
        """What comes of each knock-out: what it holds, and whether the skin without it stays.

        Args:
            names: pathways, drives or mechanisms; none for all of them (half a minute).

        Raises:
            UnknownName: for a name that is none of these.
            BadInput: if the catalogue carries errors.
        """
        skin = self._bench.skin
        wanted = tuple(names)
        skin.drives_of(wanted)  # refuses unknown names at once
        return knock_outs(skin, switched(skin), wanted)

    def robustness(
        self,
        draws: int = Stress.draws,
        *,
        seed: int = Stress.seed,
        backend: BackendName = Stress.backend,
        workers: int | None = None,
        progress: Progress = _quiet,
    ) -> Robustness:
        """Draw every number that has a spread far from its median, and see which skins fail.

        Args:
            draws: how many skins.
            seed: master seed; same seed, same bytes.
            backend: the solver.
            workers: processes, None for all cores; never changes a result.
            progress: called with stage, done and total.

        Raises:
            SkinError: for fewer than one draw.
        """
        if draws < 1:
            raise SkinError(f"draws is {draws}; it must be at least 1.", code="size")
        return check_robustness(
            self._bench.skin,
            read_cohort(self.catalogue, COHORT),
            read_phototypes(self.catalogue),
            Stress(draws=draws, seed=seed, backend=backend),
            workers=workers,
            progress=progress,
        )

    def numbers(self) -> NumberCounts:
        """How many numbers are measured, derived, calibrated, assumed, balanced."""
        return count_numbers(self._bench)

    @cached_property
    def _bench(self) -> Bench:
        return set_up(self.catalogue)

    @cached_property
    def _shelves(self) -> Shelves:
        bench = self._bench
        return Shelves(self.catalogue, bench.skin, bench.therapies, bench.trials)

    @cached_property
    def _facts(self) -> FactShelf:
        return load_facts(self.catalogue, self._bench.skin)

    @cached_property
    def _names(self) -> Names:
        kinds = (
            ModelEntries,
            SettingEntries,
            ProductEntries,
            RecordEntries,
            MakingEntries,
            FactEntries,
            ClaimEntries,
            ContradictionEntries,
            PoolEntries,
        )
        return Names.of(entry for kind in kinds for entry in kind(self._bench).entries())

    @cached_property
    def _stock(self) -> Stock:
        b = self._bench
        return Stock.of(b.skin, b.therapies, b.settings, b.stressors, b.safety)

    def _idle(self, knockout: tuple[str, ...]) -> Findings:
        """A warning for each knock-out that changes nothing, or without which nobody stays."""
        return tuple(
            Finding("knockout", f"knock-out {k.id!r}: {k.reason.en}", severity="warning")
            for k in (self.knockouts(knockout) if knockout else ())
            if k.reason is not None
        )

    def _still_the_same(self, fingerprint: str) -> None:
        if fingerprint != self._bench.hash:
            raise SkinError(
                "The catalogue has been changed since it was read.",
                code="catalogue_changed",
                hint="Open the lab again, and leave its files alone until the run has ended.",
            )

    def _references(self, result: TrialResult) -> dict[str, Reference]:
        sources = [r.published.source for r in result.rows if r.published is not None]
        sources += [a.source for a in result.adverse]
        evidence = self._bench.evidence
        found = {source: reference(evidence, source) for source in sources if source}
        return {source: paper for source, paper in found.items() if paper is not None}


def _somebody(failed: int, asked: int) -> None:
    """Refuse a run in which not one person could be solved."""
    if failed == asked:
        raise RunFailed(
            f"None of the {asked} virtual people could be solved.",
            hint="Run `virtualskin check`, and try another --seed.",
        )


def load(overlay: Path | str | None = None) -> Lab:
    """Open a lab and read its catalogue at once, so that errors show now.

    Raises:
        SkinError: if `overlay` is not a folder.
        BadInput: with every finding, if the catalogue carries errors.
    """
    lab = Lab.open(overlay)
    lab.numbers()
    return lab
