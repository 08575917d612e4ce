"""Words by which fields are known, in the languages that extracts come in.

Belongs here: vocabulary: patterns over normalised field names (lower case, no accents, words parted
by blanks), words for yes and no, for nothing, for totals. Does not: deciding (`meaning.py`).
Order matters: the first role whose pattern fits takes the field.
"""

# ruff: noqa: RUF001 (Hebrew letters are words here, not Latin ones mistyped)
NOTHING = (
    "-", "--", "---", "None", "none", "nan", "NaN", "#N/A", "#NV", "#N/D", "NA", "na", "k.A.",
    "k. A.", "(null)", "(blank)", "(leer)", "\\N", "NIL", "0000-00-00", "0000-00-00 00:00:00",
    "00.00.0000", "[No associated user]", "No associated user", "No Agent", "NO_SERVER",
    "Unassigned", "unassigned", "Not assigned", "Unk", "N/A-StillEmployed",
)  # fmt: skip
FAR_FUTURE = ("9999-12-31", "31.12.9999", "12/31/9999", "31/12/9999", "2999-12-31", "31.12.2099")
BOOLEANS = (
    ("y", "n"), ("yes", "no"), ("true", "false"), ("t", "f"), ("ja", "nein"), ("j", "n"),
    ("wahr", "falsch"), ("oui", "non"), ("o", "n"), ("vrai", "faux"), ("tak", "nie"), ("t", "n"),
    ("prawda", "fałsz"), ("sí", "no"), ("si", "no"), ("s", "n"), ("sim", "não"), ("1", "0"),
)  # fmt: skip
TOTALS = (
    "total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme",
    "insgesamt", "zwischensumme", "totaux", "somme", "ensemble", "razem", "suma", "ogółem",
    "ogolem", "łącznie", "totale", "totaal", "average", "mittelwert", "durchschnitt", "moyenne",
    "średnia",
)  # fmt: skip
REMARKS = (
    "generated", "report generated", "exported", "created by", "printed", "end of", "erstellt",
    "exportiert", "stand:", "ende", "généré", "édité", "fin du", "fin de", "wygenerowano", "koniec",
    "anzahl", "records", "rows", "number of", "nombre", "liczba",
)  # fmt: skip

ID = r"(id|nr|no|number|num|nummer|numer|numero|key|ref|referenz|reference|code|kod|identifiant)"

# Never enters (design: private by construction), in more languages than the lint knows.
FORBIDDEN = (
    r"religi|konfession|glaube|wyznan|confession|culte|ethni|\brace\b|rasse|nationality|"
    r"staatsangeh|obywatel|nationalite|gewerkschaft|syndic|zwiazek|union member|works council|"
    r"health|gesundh|krankheit|diagnos|sante|zdrow|disab|behinder|handicap|schwerbehind|"
    r"niepelnospr|blood|blutgr|medical|pregnan|schwanger|biometr|fingerprint|politic|politisch|"
    r"partei|ssn|social security|sozialvers|pesel|\bnir\b|secu|passport|reisepass|national id|"
    r"ausweis|steuer ?id|tax id|nino|\bnip\b|emotion|sentiment|\b(dni|nif|nie|curp|rfc|cuil|cuit|"
    r"cpf|rut|bsn|imss|nss)\b|cedula|codice fiscale|seguridad social|sindic|discapac|salud|"
    r"embaraz|etnia|nacionalidad|partido politico"
)
# Left out unless somebody says what for: about private life, pay, or free text.
PRIVATE = (
    r"birth|\bdob\b|geburt|naissance|urodz|\bage\b|alter\b|wiek\b|gender|geschlecht|\bsex|sexe|"
    r"plec|marital|familienstand|situation familiale|stan cywilny|salary|gehalt|lohn|salaire|wage|"
    r"pensja|wynagrodz|income|rate per|hourly rate|daily rate|monthly rate|stundensatz|"
    r"iban|bank|konto\b|address|adresse|anschrift|adres|street|strasse|ulica|postcode|zip|plz|"
    r"kod pocztowy|code postal|\bcity|wohnort|\bip\b|ip address|latitude|longitude|over18|over 18|"
    r"distance from home|password|token|children|kinder|nacimiento|nascimento|nascita|\bedad\b|"
    r"\bidade\b|genero\b|estado civil|salario|sueldo|nomina\b|direccion|domicilio|endereco|"
    r"codigo postal|ciudad|hijos|banco|cuenta bancaria"
)
FREE_TEXT = (
    r"comment|kommentar|commentaire|komentarz|note\b|notes|notiz|bemerk|remark|uwagi|remarque|"
    r"description|beschreib|opis|subject|betreff|objet|temat|body|message|nachricht|transcript|"
    r"feedback|verbatim|summary|zusammenf|observacion|comentario|\bnotas?\b|descripcion|asunto"
)
CUSTOMER = (
    r"customer|kunde|kunden|client|klient|caller|callee|anrufer|appelant|dzwoni|requester|"
    r"contact name|consumer|^(from|to) name|recipient"
)
# Names of people of whom nothing says that they work here.
NAMES = (
    r"^((first|last|full|given|family|sur|middle|payroll) ?name|name|vorname|nachname|prenom|nom|"
    r"imie|nazwisko|cnam|clid|(primer |segundo )?(nombres?|apellidos?)( y apellidos?| completo)?|"
    r"apellido (paterno|materno)|nome( completo)?|sobrenome|cognome)$"
)
# Totals of many contacts in one row: a report, not a log.
AGGREGATES = (
    r"\b(avg|average|mean|median|durchschnitt\w*|moyenne|sredni\w*)\b|"
    r"^(total |incoming |inbound |outbound |answered |abandoned |offered |handled |missed |no of |"
    r"number of |n |number )+(calls|contacts|interactions|chats)$|^(calls|contacts) (offered|"
    r"answered|abandoned|handled|received|missed|in|out)$|\b(answer|abandon\w*|service) "
    r"(rate|level)\b|^anzahl \w+$"
)

ROLES: tuple[tuple[str, str], ...] = (
    ("customer_email", r"e ?mail|courriel"),
    ("customer_phone",
     r"\bani\b|phone|telefon|telephone|\btel\b|msisdn|caller ?id|caller num|calling|"
     r"rufnummer|anrufernummer|appelant|numer dzwon|mobile|handy|from (number|no)|\bcli\b|"
     r"(customer|consumer|client|contact|external|originating|remote) (phone|number)|"
     r"^(from|src|source|caller|cnum)$|טלפון|נייד"),
    ("dialled_number",
     r"\bdnis\b|dialled|dialed|called num|gewaehlt|gewahlt|zielnummer|numero appele|"
     r"wybrany|hotline|to (number|no)|callee|service ?number|servicenummer|^(to|dst|did)$|"
     r"destination|tracking number|(talkdesk|company|our|aircall) (phone )?number"),
    ("evaluator_code",
     r"evaluator|auditor|reviewer|bewerter|pruefer|prufer|evaluateur|oceniajacy|assessor|"
     r"\bqa\b (name|agent|analyst)|scored by"),
    ("evaluation_id",
     r"(evaluation|review|audit|bewertung|assessment|oceny|evaluacja|scorecard) ?"
     + ID),
    ("evaluated_at",
     r"(evaluat|review|audit|bewert|assess|oceny|scor)\w* ?(date|time|datum|am|at|on|le|"
     r"data)|date d?.?evaluation|bewertungsdatum|data oceny"),
    ("form_version", r"(form|formular|scorecard).*version"),
    ("form_id", r"\bform\b|formular|scorecard|grille|formularz|checklist"),
    ("question_id", r"question|frage|kriterium|critere|criteria|criterion|pytanie|kryterium"),
    ("points_possible",
     r"(max|possible|moglich|available|maximal)\w* ?(points?|score|punkte?)?|punkte max|"
     r"points max|maks"),
    ("points", r"^points?\b|punkte|punkty|points (earned|obtenus)|erreichte"),
    ("answer", r"^answer$|antwort$|reponse$|odpowiedz$|^rating label$"),
    ("weight", r"weight|gewicht|poids|waga"),
    ("section", r"section|abschnitt|bereich|kategorie|category|rubrique|sekcja"),
    ("is_critical_failed", r"(critical|auto ?fail|fatal|kritisch|ko\b).*"),
    ("hire_date",
     r"hire|hired|eintritt|einstellung|embauche|entree|zatrudni|joined|join date|"
     r"employment (start|begin|date)|date of joining|contract start|first (working )?day|"
     r"erster (arbeits)?tag|premier jour|תחילת עבודה|fecha (de )?(ingreso|alta|contratacion|"
     r"incorporacion|inicio)|data (de |di )?(admissao|assunzione)"),
    ("termination_code",
     r"(\bterm|leav|austritt|kundigung|depart|sortie|exit|zwolni|resign|separation|"
     r"attrition).*(reason|grund|motif|type|art|class|powod|code)|^attrition$|"
     r"(reason|grund|motif|powod).*(terminat|leav|austritt|kundigung|depart|exit|zwolni)|"
     r"(motivo|causa|razon|tipo).*(\bbaja|egreso|\bcese|salida|termino|despido|demissao|"
     r"desligamento)"),
    ("termination_date",
     r"terminat|term ?date|date ?of ?term|separation date|leav(ing|er)|last (working )?day|"
     r"austritt|depart\b|date de depart|sortie|zwolni|zakoncz|"
     r"exit|end of employment|employment end|contract end|resign|left on|fecha (de )?(baja|"
     r"egreso|cese|salida|termino|fin de contrato)|data (de |di )?(demissao|desligamento|"
     r"cessazione)"),
    ("leader_code",
     r"leader|supervisor|manager|vorgesetz|teamleit|responsable|superviseur|przelozony|"
     r"kierownik|lider|reports to|\bjefe\b|\bgestor\b|superior"),
    ("fte", r"\bfte\b|\betp\b|\bvza\b|vollzeitaquiv|etat"),
    ("weekly_hours",
     r"(week|woch|hebdo|tygod).*(hour|stund|heure|godzin)|(hour|stund|heure|godzin).*(week|"
     r"woch|semaine|tyg)|wochenstunden|standard hours|horas (semanales|por semana)"),
    ("contract_type",
     r"contract type|vertragsart|type de contrat|rodzaj umowy|employment type|time type|"
     r"befrist|beschaftigungsart|tipo (de )?contrato"),
    ("absence_type", r"absence|abwesenheit|fehlzeit|leave type|nieobecn|urlop|conge|"
     r"ausencia|vacaciones"),
    ("job_role", r"job|role|position|rolle|funktion|stelle|poste|fonction|stanowisko|puesto|"
     r"\bcargo\b"),
    ("case_id",
     r"(ticket|case|incident|vorgang|fall|zgloszeni\w*|demande|sprawa|sprawy|issue|"
     r"request) ?"
     + ID
     + r"|^(ticket|case|vorgang|zgloszenie|incident|ticketnummer|vorgangsnummer|fallnummer|"
     r"issue key)$"),
    ("first_replied_at",
     r"first (reply|response)|erste antwort|premiere reponse|pierwsza odpowiedz"),
    ("resolved_at",
     r"(resolved|solved|completed|geloest|gelost|erledigt|resolu|rozwiazan)\w* ?(at|on|am|"
     r"date|datum|le|data|time)|resolution (date|time)|date de resolution"),
    ("closed_at",
     r"(closed|geschlossen|abgeschlossen|clotur|ferme|zamkni)\w* ?(at|on|am|date|datum|le|"
     r"data|time)?|closing date|date de cloture"),
    ("opened_at",
     r"(created|opened|creation|erstellt|eroffnet|angelegt|cree|ouvert|ouverture|utworz|"
     r"otwar|reported|gemeldet)\w* ?(at|on|am|date|datum|le|data|time)?|date de creation"),
    ("priority", r"priorit|prioryt|severity|dringlich"),
    ("answered_at",
     r"(time|date|when) ?(of ?)?answer(ed)?|answer(ed)? ?(at|on|time|date|timestamp)|^answer$|"
     r"connected (at|on)|connect time|pick ?up time"),
    ("is_resolved",
     r"resolved|gelost|geloest|resolu|rozwiazan|first (call|contact) resol|\bfcr\b"),
    ("is_answered",
     r"answered|angenommen|beantwortet|repondu|decroche|odebran|accepted|connected"),
    ("is_abandoned", r"abandon|aufgelegt|verloren|perdu|porzuc|missed|verpasst"),
    ("loss_reason",
     r"(miss(ed)?|abandon(ed)?|lost|failure|unanswered)( call)? reason|reason (missed|lost)"),
    ("responded_at",
     r"(responded|response|submitted|recorded|survey|completed) ?(at|on|date|time)"),
    ("response_id", r"(response|respondent|survey response|answer|submission) ?" + ID),
    ("score",
     r"csat|satisf|recommend|how likely|weiterempf|zufrieden|ocena|\bnps\b|rating|bewertung|"
     r"note client|survey score|score|"
     r"punktzahl|ergebnis|wynik"),
    ("ended_at",
     r"(end|ende|fin|koniec|stop|finish|hang ?up|disconnect|bis|zakon)\w*( ?(at|time|date|"
     r"zeit|datum|uhrzeit|timestamp|utc|heure|rozm\w*|polaczenia|anruf|appel|call))*|"
     r"heure de fin|date de fin|czas zakonczenia|anrufende|gesprachsende|^to$|^valid to|"
     r"^gueltig bis|(hora|fecha)( y hora)? (de )?(fin|termino|cierre)"),
    ("wait_s",
     r"wait|wart|queue ?time|queue sec|attente|oczekiw|speed of answer|time to answer|"
     r"ring(ing)? ?time|^ringing$|klingel|queue dur|\basa\b|זמן המתנה|(time|seconds) in queue|"
     r"^q ?(time|wait)$|espera"),
    ("answer_s", r"time to answer|speed (of|to) answer|answer speed|agent speed"),
    ("hold_s", r"hold|halte|mise en attente|wstrzym|garde"),
    ("acw_s",
     r"\bacw\b|after (call|contact)|wrap|nachbearb|post ?appel|post traitement|po rozmow"),
    ("ivr_s",
     r"\b(ivr|vru|menu) ?(time|duration|s|sec|seconds)\b|\bivr\b|\bvru\b|"
     r"menu time|\bsvi\b"),
    ("talk_s",
     r"talk(ing)?|gesprach|conversation|rozmow|communication|bill ?sec|service time|ser time|"
     r"in call duration|duration in call|connected (time|duration)|זמן שיחה|conversacion|"
     r"tiempo (hablado|de habla)"),
    ("handle_s", r"handle|\baht\b|handling|bearbeitungs|traitement|obslug"),
    ("duration_s",
     r"dura|dauer|duree|czas trwania|length|laenge|^totals?$|total (time|call time)|משך"),
    ("started_at",
     r"(start|begin|beginn|anfang|debut|poczat|rozpocz|arriv|received|eingang|offered|"
     r"initiated)\w*( ?(at|time|date|zeit|datum|uhrzeit|timestamp|utc|heure))*|^timestamp$|"
     r"entry time|(vru|ivr|call) entry|call ?date|^created$|תאריך ושעה|"
     r"zeitstempel|horodat|date ?time|call time|anrufzeit|data i godzina|(date|datum) (et|"
     r"und|i) |heure d.?appel|fecha (y )?hora|"
     r"(hora|fecha) (de )?(inicio|entrada|llamada)|"
     r"^(from|von|gueltig ab|valid from|czas)$|znacznik czasu"),
    ("date", r"^date\b|^fecha$|datum|^data\b|^day$|^tag$|^jour$|dzien|\bdate$|תאריך"),
    ("time", r"^time$|^hora$|uhrzeit|^zeit$|heure|godzina|^time of day$|\btime$|שעה"),
    ("contact_id",
     r"(call|contact|interaction|conversation|session|anruf|appel|rozmow\w*|polaczen\w*|"
     r"kontakt|unique|gesprach|uuid|guid) ?"
     + ID
     + r"?$|^(call|contact|interaction|conversation)( ?id)|uniqueid|anrufid|gesprachsid|"
     r"id (appel|polaczenia|rozmowy|anruf)|(numero|id) (d.?|de l.?)?appel"),
    ("queue_code",
     r"queue|warteschl|file d.?attente|kolejk|\bcola\b|skill|hotline|\bacd\b|split|vdn|^line$|"
     r"campaign|"
     r"\bcsq\b|ring group|hunt group|תור\b"),
    ("team_code", r"team|equipe|gruppe|zespol|department|abteilung|dzial|group|service$|"
     r"departamento|equipo|"
     r"^area$"),
    ("site_id", r"site|standort|location|centre$|center$|lokaliz|oddzial|centro|\bsede\b|sucursal"),
    ("agent_code",
     r"agent|mitarbeiter|employee|worker|conseiller|operator|bearbeiter|konsultant|"
     r"pracownik|personal ?(nr|nummer|nummer)|personalnummer|matricule|owner|assignee|"
     r"besitzer|operateur|associate|server$|login|user ?name|user ?id|staff|advisor|^rep$|"
     r"representative|^users?$|\bemp ?(id|no|nr|num|number|code)\b|(handled|answered) by|"
     r"extension|נציג|emplead[oa]|trabajador|\blegajo\b|agente|funcionario|colaborador|asesor|"
     r"operador"),
    ("disposition_code",
     r"disposition|wrap ?up code|result code|abschluss|closing code|qualification"),
    ("outcome",
     r"outcome|result|estado|סטטוס|verdict|ergebnis|resultat|rezultat|wynik|status|statut|zustand|etat|"
     r"stan\b|state"),
    ("activity_code",
     r"activity|aktivit|state|auxiliary|\baux\b|pause|reason code|czynnosc|activite|"
     r"tatigkeit"),
    ("channel", r"channel|kanal|canal|media|medium|origin$"),
    ("direction", r"direction|richtung|sens$|kierunek|sentido|inbound outbound|כיוון"),
    ("time_zone", r"time ?zone|\btz\b"),
    ("language", r"language|sprache|langue|jezyk"),
    ("reason",
     r"reason|grund|motif|powod|topic|thema|anliegen|category|kategor|type$|typ$|sujet|"
     r"type of request|נושא"),
    ("customer_id",
     r"(customer|kunden?|client|klient\w*|account|requester|member|konto) ?"
     + ID
     + r"|kundennummer|numer klienta|caller$"),
    ("record_id",
     r"^(call |row )?(serial|running|sequence|sequential)( ?(number|no|nr|id))?$|^(sl?|sr) ?no$|"
     r"^(row )?index$|^sid$|laufnummer|מספר סידורי|^id$|^nr$|^lfd nr$|"
     r"^lp$|^no$|^#$|record ?id|row ?id|\bid$"),
)  # fmt: skip

STATUSES = {
    "new": (
        "new", "neu", "nouveau", "nowe", "nowy",
    ),
    "open": (
        "open", "offen", "ouvert", "otwarte", "in progress", "in bearbeitung", "en cours",
        "w toku", "reopened",
    ),
    "pending": (
        "pending", "waiting", "wartend", "en attente", "oczekujące", "wartet",
    ),
    "on_hold": (
        "hold", "on hold", "on-hold", "zurückgestellt",
    ),
    "resolved": (
        "resolved", "solved", "gelöst", "erledigt", "résolu", "rozwiązane", "done",
    ),
    "closed": (
        "closed", "geschlossen", "clôturé", "fermé", "zamknięte", "deleted",
    ),
}  # fmt: skip
PRIORITIES = {
    "low": (
        "low", "niedrig", "gering", "basse", "faible", "niski", "p4",
    ),
    "normal": (
        "normal", "medium", "mittel", "normale", "moyenne", "średni", "normalny", "p3",
    ),
    "high": (
        "high", "hoch", "haute", "élevée", "wysoki", "p2",
    ),
    "urgent": (
        "urgent", "critical", "kritisch", "dringend", "urgente", "critique", "krytyczny",
        "pilne", "p1",
    ),
}  # fmt: skip
