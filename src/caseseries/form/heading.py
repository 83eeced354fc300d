"""What the heading of a column says, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: Words of a heading that tell what a column is, without accents, the more telling first. Between words stands one space.
_SAYS: dict[str, str] = {
    "patient": (
        r"(patient(en|in|e)?|pat|paz|subject|case|record|study|person|participant|proband(en)?|fall|sujet|sujeto|paciente|dossier|participante)s?"
        r" ?(id|no|nr|num|number|code|nummer|numero|identifier|name|nombre|nom|kennung|schlussel|kurzel)?|"
        r"id|mrn|pid|usubjid|subjid|pseudonym|kurzel|initials|initialen|initiales|iniciales|aktenzeichen|lfd nr|laufnummer|nhc|ipp|"
        r"(hospital|chart|case) number|identifiant( patient)?|identificador|(numero|n|no)( de| du)? (dossier|patient|historia|paciente)|"
        r"(codigo|code)( du| del| de)? (paciente|patient)|id (del |du |des )?(patient|paciente|patienten)"
    ),
    "sex": r"(patients? )?(sex|gender|geschlecht|sexe|genre|sexo|genero)( (m f|f m|m w|w m|h f|h m))?|m f|f m|m w|w m",
    "birth": (
        r"(date of |datum der )?birth ?(date|day)?|dob|d ?of ?b|born( on)?|geburt(s ?datum|s ?tag)?|geb( ?datum| ?dat)?|"
        r"geboren( am)?|(date )?(de )?naiss(ance)?|ddn|date de naissance|ne e? le|(fecha )?(de )?nac(imiento)?|fdn|"
        r"fecha de nacimiento|bi?rthdtc?"
    ),
    "birth year": r"(year( of)? birth|birth year|yob|geburtsjahr|annee de naissance|ano de nacimiento)",
    "birth month": r"(month( of)? birth|birth month|mob|geburtsmonat|mois de naissance|mes de nacimiento)",
    "birth day": r"(day( of)? birth|birth day|jour de naissance|dia de nacimiento)",
    "death": (
        r"(date of )?death( date)?|died( on)?|dod|tod(es ?datum)?|verstorben( am)?|gestorben( am)?|(date de |date du )?deces|"
        r"decede( le)?|exitus|dthdtc?|deathdtc?|defuncion|fecha (de |del )?(muerte|defuncion|exitus|fallecimiento)|fallecimiento|muerte"
    ),
    "drug": (
        r"(study )?drug( ?name)?|(nom|nombre|bezeichnung|name) (du |de |del |of |des )?(the )?(drug|medikaments?|medicament|medicamento|farmaco)|"
        r"medication|medicine|agent|substance|treatment|therapy|medikament|wirkstoff|arzneimittel|substanz|"
        r"therapie|medikation|praparat|medicament|traitement|molecule|dci|farmaco|medicamento|tratamiento|principio activo"
    ),
    "start": (
        r"((drug|treatment|therapy) )?(start|begin|from|onset|first)( ?(date|day|dose))?|(date ?start(ed)?|started)( on)?|"
        r"beginn( ?datum)?|start ?datum|therapie ?beginn|ab|von|seit|datum (beginn|start)|"
        r"(trts|(rfx|ex|cm|ae)?st|start)dtc?|(date (de |du )?)?debut( (du )?traitement)?|du|(fecha (de |del )?)?inicio( (del )?tratamiento)?|desde"
    ),
    "stop": (
        r"((drug|treatment|therapy) )?(stop|end|until|last|to)( ?(date|day|dose))?|date ?(stop|end)(ped|ed)?|"
        r"(stopped|ended)( on)?|ende( ?datum)?|end ?datum|stopp( ?datum)?|bis|therapie ?ende|absetz ?datum|abgesetzt( am)?|"
        r"(trte|(rfx|ex|cm|ae)?en|end)dtc?|datum ende|(date (de |d )?)?(fin|arret)( (du )?traitement)?|au|"
        r"(fecha (de |del )?)?(fin|suspension|termino)( (del )?tratamiento)?|hasta"
    ),
    "dose": r"(daily )?(dose|amount)( ?(per administration|mg))?|dosis|dosierung|einzeldosis|posologie|dosis mg|dose mg( j)?|cantidad",
    "unit": r"(dose )?units?|einheit(en)?|unites?|unidad(es)?",
    "frequency": r"frequency|freq|how often|schedule|often|haufigkeit|frequenz|frequence|rythme|frecuencia|pauta",
    "route": r"route( of administration)?|applikation(sart|sweg)?|verabreichung|voie( d administration)?|via( de administracion)?",
    "stop_reason": (
        r"(stop )?reason( for stopping)?|why stopped|absetzgrund|grund( des absetzens)?|motif( d arret)?|raison( d arret)?|"
        r"motivo( de (suspension|retirada|fin))?"
    ),
    "event": (
        r"(adverse )?events?( ?(name|term))?|ae( ?term)?|(adverse|side) effects?|adverse reactions?|complications?|toxicity|"
        r"nebenwirkung(en)?|unerwunschtes? ereignis(se)?|uaw|uae|komplikation(en)?|effets? (indesirables?|secondaires?)|"
        r"evenements? indesirables?|efectos? (adversos?|secundarios?)|(evento|acontecimiento)s? adversos?|complicacion(es)?"
    ),
    "pulse": r"(iv )?puls(e|es)( therapy)?|stoss(therapie)?|bolus",
    "grade": r"(ctcae )?grade|severity|(ctcae )?grad|schweregrad|(ctcae )?grado|severite|severidad|gravite|gravedad",
    "serious": r"serious|sae|schwerwiegend|serieux|grave|serio",
    "outcome": r"outcome|ausgang|evolution|desenlace",
    "until": (
        r"(resolved|end|resolution|stop)( ?date)?|ende( ?datum)?|bis|(date de )?(fin|resolution)|(fecha (de )?)?(fin|resolucion)|"
        r"abgeklungen( am)?"
    ),
    "attributed_to": (
        r"attribut(ed|ion)( to)?|suspect(ed)?( drug)?|cause|related ?to|kausalitat|zusammenhang( mit)?|imputabilite|causalidad|"
        r"relacionado con"
    ),
    "action": (
        r"action(s)?( taken)?( with (the )?(study )?(drug|treatment|medication))?|aeacn|massnahme(n)?|mesures? prises?|medidas? tomadas?|"
        r"accion(es)? tomadas?"
    ),
    "diagnosis": (
        r"(main |primary )?(diagnosis( name)?|disease|condition|dx)|(haupt)?diagnose|erkrankung|krankheit|diagnostic|maladie|"
        r"diagnostico|enfermedad"
    ),
    "diagnosis date": (
        r"(diagnosis|dx) date|date( of)? (diagnosis|dx)|diagnosed( on)?|(erst)?diagnose ?datum|datum( der)? (erst)?diagnose|"
        r"date (du |de )?diagnostic|fecha (de |del )?diagnostico"
    ),
    "date": (
        r"(visit|assessment|exam|sample|event|test|lab|result)? ?(date|day)( of)? ?(visit|assessment|event|test|sample|exam)?|"
        r"(besuchs?|visiten?|untersuchungs?|kontroll|labor|abnahme)? ?datum|"
        r"datum( der| des)? (visite|besuch(s|es)?|untersuchung|abnahme)|besuch|tag|"
        r"date (de |d |du )?(la )?(visite|consultation|examen|prelevement|bilan)|jour|"
        r"fecha( de| del)?( la)?( visita| consulta| examen| analisis| analitica)?|dia|dat|(visit|vis|sv|lb|vs|qs|rs|a) ?dtc?"
    ),
    "visit": (
        r"visit( ?(no|nr|number|name|label))?|time ?point|timepoint|(redcap )?event name|visite|besuch|visita|zeitpunkt|temps|"
        r"tiempo|momento|phase|period|group|study ?day|nominal ?day"
    ),
    "measure": (
        r"(measure|test|variable|parameter|analyte|item|component|lab(oratory)?)( ?name)?|labor(wert|parameter)?|messwert|"
        r"messgrosse|untersuchung|parametre|analyse|examen|dosage|parametro|prueba|determinacion|analito|variable"
    ),
    "value": r"(test |lab )?(value|result)s?|wert|ergebnis|messergebnis|valeur|resultat|valor|resultado",
    "result": r"(screening )?(result|status|outcome)",
    "reason": r"(exclusion )?reasons?( (for )?(exclusion|excluded|not .*))?|why( (excluded|not .*))?",
    "list": r"found in|(source )?list|register|registry|source",
    "screened": r"screened( ?(on|date|day))?|screening (date|day)|date (of screening|screened)",
    "age": (
        r"age( ?(at|in)? ?(index|start|inclusion|baseline|treatment|enrol?ment))?( ?(years|yrs|y))?|"
        r"alter( ?(bei|in)? ?(beginn|start|einschluss|jahren))?|age (a l |au |a la )?(inclusion|debut)|age ans|"
        r"edad( (al |en |a la )?(inicio|inclusion|anos))?"
    ),
    "note": (
        r"(free |clinical )?(notes?|comments?|remarks?|text)|bemerkung(en)?|kommentar(e)?|anmerkung(en)?|notiz(en)?|freitext|"
        r"remarques?|commentaires?|observacion(es)?|comentarios?|notas?"
    ),
    "group": r"race|ethnicity|ethnic group|ethnie|raza|hispanic|center|centre|zentrum|centro|site|arm|cohort|ward|station|service",
}


@cache
def plain(name: str) -> str:
    """A heading as it is compared: small letters without accents, one space for every other sign, % kept.

    >>> plain("Größe_(cm)"), plain("VisitDate"), plain("Date de naissance"), plain("FEV1 % pred.")
    ('grosse cm', 'visit date', 'date de naissance', 'fev1 % pred')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name)
    folded = unicodedata.normalize("NFKD", apart.replace("µ", "u").replace("μ", "u")).casefold()
    kept = "".join(sign if sign.isalnum() or sign == "%" else " " for sign in folded if not unicodedata.combining(sign))
    return " ".join(kept.replace("%", " % ").split())


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set.

    >>> sorted(words("start  stop"))
    ['start', 'stop']
    """
    return frozenset(text.split())


@cache
def _pattern(what: str) -> re.Pattern[str]:
    return re.compile(f"(?:{_SAYS[what]})")


def says(name: str, what: str) -> bool:
    """Whether a heading says that its column is this, such as `patient` or `birth`.

    >>> says("Geburtsdatum", "birth"), says("fecha de inicio", "start"), says("Effet indésirable", "event"), says("Race", "patient")
    (True, True, True, False)
    """
    return _pattern(what).fullmatch(plain(name)) is not None


def all_said(name: str) -> tuple[str, ...]:
    """Everything that a heading may say.

    >>> all_said("fin"), all_said("mmt")
    (('stop', 'until'), ())
    """
    return tuple(what for what in _SAYS if says(name, what))
