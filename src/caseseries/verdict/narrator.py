"""Each case's verdict as a sentence, from the rule tree and the values alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caseseries.protocol.levels import Part
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Node, Tree
from caseseries.verdict.denominator import absent_words
from caseseries.verdict.leaf import Seen, brief, full, grouped, reason, seen, together
from caseseries.verdict.names import event_words, negated
from caseseries.verdict.numbers import day_text, listed
from caseseries.verdict.pivot import rests_on_judgement_alone
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.trace import Truth, Verdict
from caseseries.verdict.wanted import answered

_COUNTS = {"at_least": "at least {} needed", "at_most": "at most {} allowed", "exactly": "exactly {} needed"}


def sentence(
    tree: Tree,
    verdict: Verdict,
    measures: Mapping[str, MeasureFacts],
    protocol: Protocol,
    spec: Spec,
    between: Mapping[str, str] = {},
) -> str:
    """Why one case is, or is not, or cannot be called a responder, with the values and what was needed.

    The values are those of the verdict's trace; `spec` says which windows and which unit of dose were in force.
    `between` gives the facts of the intercurrent events (`rescue added`: `azathioprine on day 40`), where known.
    """
    return sentence_of(Told(tree, verdict, measures, protocol, spec, between))


def sentence_of(told: Told) -> str:
    """The sentence of one case about to be told."""
    verdict = told.verdict
    if verdict.inside is not True:
        return told.outside()
    if told.open_event():
        parts = [
            f"{told.headline(None)}: not known whether this happened: {told.happened(told.open_event())}",
            told.rule_alone(),
        ]
    elif verdict.decided_by:
        parts = [f"{told.headline(verdict.truth)}: {told.event()}", told.rule_alone()]
    else:
        parts = [f"{told.headline(verdict.truth)}: {told.body()}", *told.tails()]
    return sentences([*parts, *told.other_events()])


@dataclass(frozen=True, slots=True)
class Told:
    """One case about to be told."""

    tree: Tree
    verdict: Verdict
    measures: Mapping[str, MeasureFacts]
    protocol: Protocol
    spec: Spec
    between: Mapping[str, str]

    @property
    def at(self) -> str:
        """The window of the assessment."""
        return self.protocol.verdicts[self.verdict.outcome].at

    @property
    def good(self) -> bool | None:
        """Whether the outcome is wanted."""
        return self.protocol.verdicts[self.verdict.outcome].good

    @property
    def part(self) -> Part | None:
        """What the verdict says of the levels of an outcome."""
        return self.protocol.verdicts[self.verdict.outcome].part

    @property
    def truth(self) -> dict[str, Truth]:
        """The answer of every node."""
        return {answer.node: answer.truth for answer in self.verdict.trace}

    @property
    def leaves(self) -> dict[str, Seen]:
        """The leaves with their values."""
        return seen(self.tree, self.verdict, self.measures, self.spec, self.at)

    def outside(self) -> str:
        """Why the case is outside the denominator, or that this is not known, and what the rule says by itself."""
        said = self.truth[self.tree.nodes[0].id]
        name = small(self.verdict.outcome)
        answered = {True: name, False: f"no {name}", None: "not evaluable"}[said]
        return sentences([self.outside_words(), f"The rule alone says {answered}: {self.body()}", *self.other_events()])

    def outside_words(self) -> str:
        """Why the case is outside the denominator, or that this is not known."""
        rule = self.protocol.verdicts[self.verdict.outcome].among
        cases = f"among cases with {describe_rule(rule, self.measures, at=self.at)}"
        if self.verdict.inside is False:
            return f"Outside: not {cases}"
        why = absent_words(self.verdict.outside_because, self.measures, self.spec.windows)
        return f"Not known whether {cases}: {why}"

    # --- The first words --------------------------------------------------------------------------------------

    def headline(self, truth: Truth) -> str:
        """`Good response at day 84`."""
        name = self.verdict.outcome
        when = "" if self.verdict.day is None else f" at {day_text(self.verdict.day)}"
        if truth is None:
            return f"{capital(name)} not evaluable{when}"
        if truth:
            return f"{capital(name)}{when}"
        return f"{capital(negated(small(name)))}{when}"

    def event(self) -> str:
        """What the deciding event was and what the protocol makes of it."""
        return f"{self.happened(self.verdict.decided_by)}, which counts as {answered(self.verdict.truth, self.good)}"

    def open_event(self) -> str:
        """The event of which it is not known whether it occurred and on which the verdict depends; empty where there is none."""
        return next((event for event in self.verdict.unsure if self.verdict.absent == f"event not known: {event}"), "")

    def happened(self, event: str) -> str:
        """One event, with its facts where they are known."""
        return event_words(event, self.protocol, self.at, self.between.get(event, ""))

    def rule_alone(self) -> str:
        """What the rule says without the event."""
        truth, name = self.verdict.rule_truth, small(self.verdict.outcome)
        same = "also " if truth is self.verdict.truth else ""
        said = {True: name, False: negated(name), None: "not evaluable"}[truth]
        return f"The rule alone {same}says {said}: {self.body()}"

    def other_events(self) -> list[str]:
        """Events that occurred and decided nothing."""
        others = [event for event in self.verdict.events if event != self.verdict.decided_by]
        if not others:
            return []
        told = "; ".join(self.happened(event) for event in others)
        return [f"{capital(told)}; {'this' if len(others) == 1 else 'these'} decided nothing"]

    # --- Why --------------------------------------------------------------------------------------------------

    def body(self) -> str:
        """The reason of the rule's answer."""
        root = self.tree.nodes[0]
        if self.truth[root.id] is None:
            return self.not_evaluable()
        if self.only_judgement_against(root):
            return f"{self.sufficed(root)}; {self.judgements_against(root)}"
        return "; ".join(dict.fromkeys(self.because(root)))

    def because(self, node: Node, *, negated: bool = False) -> list[str]:
        """The clauses that make a node's answer what it is."""
        truth = self.truth[node.id]
        if node.kind == "leaf":
            return [full(self.leaves[node.id], negated=negated)]
        children = self.children(node)
        if node.kind == "not":
            return self.because(children[0], negated=not negated)
        if node.kind == "count":
            return [self.counted(node)]
        if not truth and not negated and self.only_judgement_against(node):
            return [f"{self.sufficed(node)}, but {self.judgements_against(node)}"]
        telling = [child for child in children if self.truth[child.id] is truth]
        return self.clauses(telling, negated=negated, each=node.kind != "any")

    def clauses(self, nodes: list[Node], *, negated: bool = False, each: bool = True) -> list[str]:
        """The clauses of nodes side by side, leaves with one threshold told together; `each` says that all of them are needed."""
        leaves = self.leaves
        groups = {group[0].id: group for group in grouped([leaves[node.id] for node in nodes if node.kind == "leaf"])}
        clauses = []
        for node in nodes:
            if node.kind != "leaf":
                clauses += self.because(node, negated=negated)
            elif node.id in groups:
                clauses.append(together(groups[node.id], negated=negated, each=each))
        return clauses

    def counted(self, node: Node) -> str:
        """A count: how many were met of how many, and which."""
        children = self.children(node)
        by_truth = {
            truth: [child for child in children if self.truth[child.id] is truth] for truth in (True, False, None)
        }
        lists = [
            f"{words}: {', '.join(self.short(child) for child in by_truth[truth])}"
            for truth, words in ((True, "met"), (False, "not met"), (None, "not known"))
            if by_truth[truth]
        ]
        return (
            f"{len(by_truth[True])} of {len(children)} met, {_COUNTS[node.bound].format(node.k)} ({'; '.join(lists)})"
        )

    def short(self, node: Node) -> str:
        """A node in a few words, without its threshold: the parts that make its answer, and no others."""
        if node.kind == "leaf":
            return brief(self.leaves[node.id])
        children, truth = self.children(node), self.truth[node.id]
        if node.kind == "not":
            return self.short(children[0])
        if node.kind == "count":
            met = [self.short(child) for child in children if self.truth[child.id]]
            return f"{len(met)} of {len(children)}" + (f" ({', '.join(met)})" if met else "")
        decisive = (node.kind == "any") is (
            truth is True
        )  # one part that holds makes an `any`, one that does not breaks an `all`
        if decisive and truth is not None:
            children = [child for child in children if self.truth[child.id] is truth]
        return listed(
            [self.short(child) for child in children], "or" if node.kind == "any" and truth is None else "and"
        )

    def sufficed(self, node: Node) -> str:
        """What was met, as something that would have sufficed."""
        ways = [self.ways(child) for child in self.children(node) if self.truth[child.id]]
        first = listed([one[0] for one in ways])
        others = [other for one in ways for other in one[1:]]
        return f"{first} would have sufficed" + (f", as would {listed(others)}" if others else "")

    def ways(self, node: Node) -> list[str]:
        """The ways in which a part was met, each in a few words; several only where any of them was enough."""
        if node.kind == "any":
            return [listed(self.ways(child)) for child in self.children(node) if self.truth[child.id]]
        if node.kind == "all":
            return [listed([self.ways(child)[0] for child in self.children(node)])]
        return [self.short(node)]

    # --- Judgements -------------------------------------------------------------------------------------------

    def only_judgement_against(self, node: Node) -> bool:
        """Whether a part that must hold as a whole fails by its judgements while everything else in it holds."""
        if node.kind != "all" or self.truth[node.id] is not False:
            return False
        against = [child for child in self.children(node) if not self.truth[child.id]]
        others = [child for child in self.children(node) if self.truth[child.id]]
        return all(self.is_judgement(child) for child in against) and any(
            not self.is_judgement(child) for child in others
        )

    def judgements_against(self, node: Node) -> str:
        """The judgements that were no."""
        return listed([self.short(child) for child in self.children(node) if self.truth[child.id] is False])

    def is_judgement(self, node: Node) -> bool:
        """Whether a node is one judgement that has an answer."""
        return node.leaf is not None and node.leaf.kind == "is" and self.truth[node.id] is not None

    # --- What else --------------------------------------------------------------------------------------------

    def tails(self) -> list[str]:
        """Further sentences: what alone would, or would not, have sufficed, and what the verdict rests on."""
        root = self.tree.nodes[0]
        if self.truth[root.id] is None:
            return []
        tails = [tail for node in self.path(root) if node.kind == "any" for tail in self.alternatives(node)]
        if self.truth[root.id] is False and root.kind == "all" and not self.only_judgement_against(root):
            met = [self.short(child) for child in self.children(root) if self.truth[child.id]]
            tails += [f"Met: {'; '.join(met)}"] if met else []
        if self.truth[root.id] is False:
            tails += [f"{capital(why)}; this could not change the verdict" for why in self.reasons(self.silent(root))]
        if self.truth[root.id] and len(self.leaves) > 1 and rests_on_judgement_alone(self.tree, self.verdict):
            tails.append("The verdict rests on the judgement alone")
        return tails

    def silent(self, node: Node) -> list[Seen]:
        """The leaves without an answer that a no did not need, and that were not told with a count."""
        if node.kind == "leaf":
            return [self.leaves[node.id]] if self.truth[node.id] is None else []
        if node.kind == "count" and self.truth[node.id] is not None:
            return []
        return [one for child in self.children(node) for one in self.silent(child)]

    def path(self, node: Node) -> list[Node]:
        """The nodes through which a yes was reached."""
        if self.truth[node.id] is not True or node.kind in {"leaf", "not", "count"}:
            return []
        return [node, *(inner for child in self.children(node) for inner in self.path(child))]

    def alternatives(self, node: Node) -> list[str]:
        """Of the branches of an `any` that was met: those that would have sufficed alone, and those that would not."""
        children = self.children(node)
        named = self.branches(children)
        met = [child for child in children if self.truth[child.id]]
        tails = []
        if len(met) > 1:
            tails.append(f"{capital(listed([named[child.id] for child in met], 'or'))} would have sufficed")
        for child in children:
            values = ", ".join(brief(one) for one in self.under(child))
            if self.truth[child.id] is False:
                tails.append(f"{capital(named[child.id])} would not have sufficed: {values}")
            elif self.truth[child.id] is None:
                why = listed(self.reasons([one for one in self.under(child) if one.truth is None]))
                tails.append(f"{capital(named[child.id])} could not be judged: {why}")
        return list(dict.fromkeys(tails))

    def branches(self, children: list[Node]) -> dict[str, str]:
        """What each branch of an `any` is called; those that would be called alike by what they ask for."""
        named = {child.id: self.branch(child) for child in children}
        names = list(named.values())
        return {
            child.id: self.asked(child) if names.count(named[child.id]) > 1 else named[child.id] for child in children
        }

    def asked(self, node: Node) -> str:
        """What a branch asks for: `CRP at most 10 mg/L`, `a decrease of at least 50 % of baseline in CRP`."""
        return describe_rule(_subtree(self.tree, node), self.measures, at=self.at)

    def branch(self, node: Node) -> str:
        """What a branch of an `any` is about: `scores alone`, `judgement and scores together`."""
        under = self.under(node)
        names = list(dict.fromkeys(one.name for one in under if one.facts.kind == "number"))
        scores = len(names) > 1 and all(one.unit == "points" for one in under if one.facts.kind == "number")
        parts = ["judgement"] if any(one.facts.kind == "judgement" for one in under) else []
        parts += ["scores"] if scores else names
        parts += ["dose"] if any(one.facts.kind == "dose" for one in under) else []
        if len(parts) > 1:
            return f"{listed(parts)} together"
        return f"{parts[0]} alone" if parts[0] in {"scores", *names} else f"the {parts[0]} alone"

    def under(self, node: Node) -> list[Seen]:
        """The leaves below a node, or the node itself."""
        return [one for one in self.leaves.values() if one.id == node.id or one.id.startswith(f"{node.id}.")]

    def children(self, node: Node) -> list[Node]:
        """The nodes directly below."""
        return [self.tree.node(child) for child in node.children]

    # --- Not evaluable ----------------------------------------------------------------------------------------

    def not_evaluable(self) -> str:
        """Which values are absent and why, what is known, and what the answer hangs on."""
        open_leaves = self.open(self.tree.nodes[0])
        why = "; ".join(self.reasons(open_leaves))
        told = [one for one in self.leaves.values() if one.truth is not None]
        if not told:
            return why
        known = "; ".join(dict.fromkeys(f"{brief(one)}{self.met(one)}" for one in told))
        hangs = listed(list(dict.fromkeys(_called(one) for one in open_leaves)))
        return f"{why}. Known: {known}. The verdict hangs on {hangs}"

    def open(self, node: Node) -> list[Seen]:
        """The leaves without an answer that keep a node without one."""
        if self.truth[node.id] is not None:
            return []
        if node.kind == "leaf":
            return [self.leaves[node.id]]
        return [one for child in self.children(node) for one in self.open(child)]

    def reasons(self, leaves: list[Seen]) -> list[str]:
        """Why these leaves have no answer, each reason once."""
        return list(dict.fromkeys(reason(one, self.spec, self.verdict.day, self.at) for one in leaves))

    @staticmethod
    def met(one: Seen) -> str:
        """Whether a known comparison was met; a judgement says so itself."""
        return "" if one.leaf.kind == "is" else " (met)" if one.truth else " (not met)"


def _subtree(tree: Tree, node: Node) -> Tree:
    """A node and those below it as a tree of their own."""
    return Tree(tuple(one for one in tree.nodes if one.id == node.id or one.id.startswith(f"{node.id}.")))


def _called(one: Seen) -> str:
    return f"the {one.name} dose" if one.facts.kind == "dose" else one.name


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Without its capital, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentences(parts: list[str]) -> str:
    """Each part that is not empty as a sentence."""
    return " ".join(f"{part}." for part in parts if part)
