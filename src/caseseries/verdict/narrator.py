"""Each case's verdict as a sentence, from the rule tree and the values alone."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import HeldRule, Node, Tree
from caseseries.verdict.denominator import absent_words
from caseseries.verdict.known import Known
from caseseries.verdict.leaf import full, grouped, together
from caseseries.verdict.names import event_words, negated
from caseseries.verdict.node_words import condition_words, count_words
from caseseries.verdict.numbers import day_text, listed
from caseseries.verdict.pivot import rests_on_judgement_alone
from caseseries.verdict.question_words import found_words
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.trace import Truth, Verdict
from caseseries.verdict.wanted import answered


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


class Told(Known):
    """One case about to be told."""

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
        if node.kind == "question":
            against = negated and self.truth[node.id] and isinstance(node.question, HeldRule)
            return [self.question(node) + (", which is not allowed" if against else "")]
        children = self.children(node)
        if node.kind == "not":
            return self.because(children[0], negated=not negated)
        if node.kind == "count":
            return [self.counted(node, negated=negated)]
        if node.points is not None:
            return [self.scored(node, negated=negated)]
        if node.kind == "when":
            return [self.conditional(node, negated=negated)]
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

    def counted(self, node: Node, *, negated: bool = False) -> str:
        """A count: how many were met of how many, and which."""
        children = self.children(node)
        held = [child for child in children if not self.left_out(child)]
        by = {truth: [self.short(one) for one in held if self.truth[one.id] is truth] for truth in (True, False, None)}
        out = [self.short(child) for child in children if child not in held]
        return count_words(node, by, out, negated=negated)

    def conditional(self, node: Node, *, negated: bool = False) -> str:
        """A rule by a condition: whether it holds, and what the rule that applies then says."""
        condition, *sides = self.children(node)
        side, truth = self.side(node), self.truth[condition.id]
        said = self.reasons(self.open(condition)) if truth is None else self.because(condition)
        told = [one for part in (sides if side is None else [side]) for one in self.because(part, negated=negated)]
        return condition_words(truth, said, told)

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

    def silent(self, node: Node) -> list[Node]:
        """The leaves without an answer that a no did not need, and that were not told with a count."""
        if not node.children:
            return [node] if self.truth[node.id] is None else []
        if node.kind in {"count", "score"} and self.truth[node.id] is not None:
            return []
        if node.kind == "when" and self.truth[node.id] is not None:
            side = self.side(node)  # without one, what is not known of the condition was told
            return [] if side is None else self.silent(side)
        return [one for child in self.children(node) for one in self.silent(child)]

    def path(self, node: Node) -> list[Node]:
        """The nodes through which a yes was reached."""
        if self.truth[node.id] is not True or node.kind in {"leaf", "question", "not", "count", "score", "when"}:
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
            values = ", ".join(
                found_words(one.question, self.answers[one.id]) if one.question is not None else self.short(one)
                for one in self.told(child)
            )
            if self.truth[child.id] is False:
                tails.append(f"{capital(named[child.id])} would not have sufficed: {values}")
            elif self.truth[child.id] is None:
                unknown = [one for one in self.below(child) if self.truth[one.id] is None]
                why = listed(list(dict.fromkeys(self.reason(one, named=one != child) for one in unknown)))
                tails.append(f"{capital(named[child.id])} could not be judged: {why}")
        return list(dict.fromkeys(tails))

    def branches(self, children: list[Node]) -> dict[str, str]:
        """What each branch of an `any` is called; those that would be called alike by what they ask for."""
        named = {child.id: self.branch(child) for child in children}
        names = list(named.values())
        return {
            child.id: self.asked(child) if names.count(named[child.id]) > 1 else named[child.id] for child in children
        }

    def branch(self, node: Node) -> str:
        """What a branch of an `any` is about: `scores alone`, `judgement and scores together`."""
        under = self.under(node)
        names = list(dict.fromkeys(one.name for one in under if one.facts.kind in {"number", "grade"}))
        scores = len(names) > 1 and all(one.unit == "points" for one in under if one.facts.kind in {"number", "grade"})
        parts = ["judgement"] if any(one.facts.kind == "judgement" for one in under) else []
        parts += ["scores"] if scores else names
        parts += ["dose"] if any(one.facts.kind == "dose" for one in under) else []
        if not parts or any(one.kind == "question" for one in self.below(node)):
            return self.asked(node)
        if len(parts) > 1:
            return f"{listed(parts)} together"
        return f"{parts[0]} alone" if parts[0] in {"scores", *names} else f"the {parts[0]} alone"

    # --- Not evaluable ----------------------------------------------------------------------------------------

    def not_evaluable(self) -> str:
        """Which values are absent and why, what is known, and what the answer hangs on."""
        open_leaves = self.open(self.tree.nodes[0])
        why = "; ".join(self.reasons(open_leaves))
        told = [
            one for one in self.told(self.tree.nodes[0]) if self.truth[one.id] is not None or one.points is not None
        ]
        out = [node for node in self.tree.leaves if self.left_out(node)]
        names = list(dict.fromkeys(self.leaves[one.id].name for one in out if one not in open_leaves))
        why += f". Left out: {listed(names)}" if names else ""
        if not told:
            return why
        known = "; ".join(
            dict.fromkeys(self.scored(one) if one.points else f"{self.short(one)}{self.met(one)}" for one in told)
        )
        hangs = listed(list(dict.fromkeys(self.called(one) for one in open_leaves)))
        return f"{why}. Known: {known}. The verdict hangs on {hangs}"

    def open(self, node: Node) -> list[Node]:
        """The leaves without an answer that keep a node without one."""
        if self.truth[node.id] is not None:
            return []
        if not node.children:
            return [node]
        children = self.children(node)
        if node.kind == "when" and (side := self.side(node)) is not None:
            children = [side]
        if self.counted_parts(node):
            children = [child for child in children if not self.left_out(child)]
        return [one for child in children for one in self.open(child)]


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Without its capital, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentences(parts: list[str]) -> str:
    """Each part that is not empty as a sentence."""
    return " ".join(f"{part}." for part in parts if part)
