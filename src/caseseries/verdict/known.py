"""What is known of one case and its rule, part by part, each in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caseseries.protocol.levels import Part
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Node, Occurrence, Tree
from caseseries.verdict.leaf import Seen, brief, reason, seen
from caseseries.verdict.logic import left_out
from caseseries.verdict.numbers import listed
from caseseries.verdict.question_words import found_words, why_open
from caseseries.verdict.rule_text import describe_part, describe_rule
from caseseries.verdict.score_words import score_words, sum_words
from caseseries.verdict.trace import NodeTruth, Truth, Verdict

_WAYS = {
    "improves": "improvement",
    "worsens": "worsening",
    "gain": "gain",
    "rises": "gain",
    "decrease": "decrease",
    "falls": "decrease",
}


@dataclass(frozen=True, slots=True)
class Known:
    """One case with its rule, its verdict, and what a reader needs to know to be told of it."""

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
    def answers(self) -> dict[str, NodeTruth]:
        """What the trace has of every node."""
        return {answer.node: answer for answer in self.verdict.trace}

    @property
    def leaves(self) -> dict[str, Seen]:
        """The leaves with their values."""
        return seen(self.tree, self.verdict, self.measures, self.spec, self.at)

    def left_out(self, node: Node) -> bool:
        """Whether a part was left out of its count."""
        return left_out(node, self.truth[node.id], {one.slot: one for one in self.verdict.quantities})

    def counted_parts(self, node: Node) -> int:
        """How many parts of a count were not left out."""
        return sum(not self.left_out(child) for child in self.children(node))

    def side(self, node: Node) -> Node | None:
        """The rule that the condition of a `when` chose; None where the condition has no answer."""
        condition, then, otherwise = self.children(node)
        truth = self.truth[condition.id]
        return None if truth is None else then if truth else otherwise

    def short(self, node: Node) -> str:
        """A node in a few words, without its threshold: the parts that make its answer, and no others."""
        if node.kind == "leaf":
            return brief(self.leaves[node.id])
        if node.kind == "question":
            return self.question(node)
        children, truth = self.children(node), self.truth[node.id]
        if node.kind == "not":
            return self.short(children[0])
        if node.kind == "count":
            met = [self.short(child) for child in children if self.truth[child.id]]
            return f"{len(met)} of {self.counted_parts(node)}" + (f" ({', '.join(met)})" if met else "")
        if node.points is not None:
            return f"score {sum_words(node.points, [self.truth[child.id] for child in children])}"
        if node.kind == "when":
            side = self.side(node)
            return listed([self.short(child) for child in children[1:]]) if side is None else self.short(side)
        decisive = (node.kind == "any") is (
            truth is True
        )  # one part that holds makes an `any`, one that does not breaks an `all`
        if decisive and truth is not None:
            children = [child for child in children if self.truth[child.id] is truth]
        return listed(
            [self.short(child) for child in children], "or" if node.kind == "any" and truth is None else "and"
        )

    def scored(self, node: Node, *, negated: bool = False) -> str:
        """A sum of points: what each part gave, and what was asked; of several bands the words that tell most exactly where a value lies."""
        assert node.points is not None
        children = self.children(node)
        parts = [max((self.short(children[place]) for place in places), key=len) for places in node.points.parts]
        for place, places in enumerate(node.points.parts):
            first = children[places[0]]
            if not (first.leaf or self.truth[first.id] is not None):
                parts[place] = f"{parts[place]}, not known"
        return score_words(node.points, [self.truth[child.id] for child in children], parts, negated=negated)

    def told(self, node: Node) -> list[Node]:
        """The nodes below, or the node itself, that are told one by one: those with an answer of their own, and a score as a whole."""
        if not node.children or node.points is not None:
            return [node]
        return [one for child in self.children(node) for one in self.told(child)]

    def question(self, node: Node) -> str:
        """What was asked besides values, with what was found."""
        assert node.question is not None
        answer = self.answers[node.id]
        said = found_words(node.question, answer)
        if isinstance(node.question, Occurrence) and answer.truth is False:
            return f"no {describe_part(node, self.measures, at=self.at)}" + (f" ({said})" if answer.days else "")
        return describe_part(node, self.measures, at=self.at) + (f" ({said})" if said else "")

    def is_judgement(self, node: Node) -> bool:
        """Whether a node is one judgement that has an answer."""
        return node.leaf is not None and node.leaf.kind == "is" and self.truth[node.id] is not None

    def under(self, node: Node) -> list[Seen]:
        """The leaves below a node, or the node itself."""
        return [self.leaves[one.id] for one in self.below(node) if one.kind == "leaf"]

    def below(self, node: Node) -> list[Node]:
        """The nodes with an answer of their own below a node, or the node itself."""
        return [one for one in self.tree.answered if one.id == node.id or one.id.startswith(f"{node.id}.")]

    def children(self, node: Node) -> list[Node]:
        """The nodes directly below."""
        return [self.tree.node(child) for child in node.children]

    def reasons(self, nodes: list[Node]) -> list[str]:
        """Why these parts have no answer, each reason once."""
        return list(dict.fromkeys(self.reason(one) for one in nodes))

    def reason(self, node: Node, *, named: bool = True) -> str:
        """Why one part has no answer; what was asked is said again where it is `named`."""
        if node.question is not None:
            why = why_open(node.question, self.answers[node.id], self.spec.windows)
            return f"{describe_part(node, self.measures, at=self.at)}: {why}" if named else why
        return reason(self.leaves[node.id], self.spec, self.verdict.day, self.at)

    def called(self, node: Node) -> str:
        """What a part without an answer is about."""
        return "that" if node.question is not None else _called(self.leaves[node.id])

    def met(self, node: Node) -> str:
        """Whether a part with an answer was met; a judgement says so itself."""
        if self.truth[node.id] is None:
            return ""
        if self.is_judgement(node):
            return ""
        return f" ({self.direction(node)}{'met' if self.truth[node.id] else 'not met'})"

    def direction(self, node: Node) -> str:
        """Which way a change is asked for, where the rule asks for both ways of the same values: `improvement `."""
        leaf = node.leaf
        if leaf is None or leaf.before is None:
            return ""
        words = {one.leaf.word for one in self.tree.leaves if one.leaf is not None and one.leaf.slots == leaf.slots}
        return f"{_WAYS[leaf.word]} " if len({_WAYS[word] for word in words if word in _WAYS}) > 1 else ""

    def asked(self, node: Node) -> str:
        """What a branch asks for: `CRP at most 10 mg/L`, `a decrease of at least 50 % of baseline in CRP`."""
        return describe_rule(self.tree.below(node.id), self.measures, at=self.at)


def _called(one: Seen) -> str:
    return f"the {one.name} dose" if one.facts.kind == "dose" else one.name
