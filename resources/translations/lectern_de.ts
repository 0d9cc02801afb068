<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>actions</name>
    <message>
        <source>Open &amp;folder or repository…</source>
        <translation>&amp;Ordner oder Repositorium öffnen…</translation>
    </message>
    <message>
        <source>Open &amp;documents…</source>
        <translation>&amp;Dokumente öffnen…</translation>
    </message>
    <message>
        <source>Open &amp;session…</source>
        <translation>&amp;Sitzung öffnen…</translation>
    </message>
    <message>
        <source>Open the &amp;sample</source>
        <translation>&amp;Beispiel öffnen</translation>
    </message>
    <message>
        <source>Start &amp;page</source>
        <translation>Start&amp;seite</translation>
    </message>
    <message>
        <source>Se&amp;ttings…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Read again</source>
        <translation>Neu &amp;lesen</translation>
    </message>
    <message>
        <source>&amp;Intake</source>
        <translation>&amp;Aufnahme</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>An&amp;halten</translation>
    </message>
    <message>
        <source>&amp;Resume, or pause</source>
        <translation>&amp;Fortsetzen oder anhalten</translation>
    </message>
    <message>
        <source>Re&amp;view</source>
        <translation>&amp;Prüfung</translation>
    </message>
    <message>
        <source>Su&amp;mmary</source>
        <translation>&amp;Zusammenfassung</translation>
    </message>
    <message>
        <source>&amp;Ask a question</source>
        <translation>Eine Frage s&amp;tellen</translation>
    </message>
    <message>
        <source>&amp;Plan</source>
        <translation>&amp;Plan</translation>
    </message>
    <message>
        <source>&amp;Findings</source>
        <translation>&amp;Befunde</translation>
    </message>
    <message>
        <source>S&amp;ummary</source>
        <translation>&amp;Zusammenfassung</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>&amp;Costs</source>
        <translation>&amp;Kosten</translation>
    </message>
    <message>
        <source>E&amp;ngine</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>Sessi&amp;ons</source>
        <translation>&amp;Sitzungen</translation>
    </message>
    <message>
        <source>E&amp;vidence</source>
        <translation>B&amp;eleg</translation>
    </message>
    <message>
        <source>Layout: review</source>
        <translation>Anordnung: Prüfen</translation>
    </message>
    <message>
        <source>Layout: read</source>
        <translation>Anordnung: Lesen</translation>
    </message>
    <message>
        <source>Layout: ask</source>
        <translation>Anordnung: Fragen</translation>
    </message>
    <message>
        <source>Layout: monitor</source>
        <translation>Anordnung: Beobachten</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Reset &amp;zoom</source>
        <translation>G&amp;röße zurücksetzen</translation>
    </message>
    <message>
        <source>&amp;Dark or light</source>
        <translation>&amp;Dunkel oder hell</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>Nächster Bereich</translation>
    </message>
    <message>
        <source>Previous pane</source>
        <translation>Voriger Bereich</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Ausgeben…</translation>
    </message>
    <message>
        <source>&amp;All actions…</source>
        <translation>&amp;Alle Aktionen…</translation>
    </message>
    <message>
        <source>&amp;Keyboard</source>
        <translation>&amp;Tastatur</translation>
    </message>
    <message>
        <source>A&amp;bout Lectern</source>
        <translation>Ü&amp;ber Lectern</translation>
    </message>
    <message>
        <source>&amp;Go to file</source>
        <translation>&amp;Gehe zu Datei</translation>
    </message>
    <message>
        <source>&amp;Find in the corpus</source>
        <translation>Im &amp;Bestand suchen</translation>
    </message>
</context>
<context>
    <name>forecast</name>
    <message>
        <source>Forecast for every engine</source>
        <translation>Vorhersage für jedes Modell</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Tariff</source>
        <translation>Tarif</translation>
    </message>
    <message>
        <source>Prices of</source>
        <translation>Preise vom</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>eingebaut</translation>
    </message>
    <message>
        <source>peak</source>
        <translation>Hochtarif</translation>
    </message>
    <message>
        <source>off-peak</source>
        <translation>Niedertarif</translation>
    </message>
    <message>
        <source>flat</source>
        <translation>fest</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source> (window too small)</source>
        <translation> (Fenster zu klein)</translation>
    </message>
</context>
<context>
    <name>keys</name>
    <message>
        <source>Keyboard</source>
        <translation>Tastatur</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Findings: next and previous row</source>
        <translation>Befunde: nächste und vorige Zeile</translation>
    </message>
    <message>
        <source>Findings: accept</source>
        <translation>Befunde: annehmen</translation>
    </message>
    <message>
        <source>Findings: dismiss, with a reason</source>
        <translation>Befunde: verwerfen, mit Grund</translation>
    </message>
    <message>
        <source>Findings: undo</source>
        <translation>Befunde: rückgängig</translation>
    </message>
    <message>
        <source>Evidence: next and previous step</source>
        <translation>Beleg: nächster und voriger Schritt</translation>
    </message>
    <message>
        <source>Evidence: back and forward</source>
        <translation>Beleg: zurück und vor</translation>
    </message>
    <message>
        <source>Treemap and timeline: move</source>
        <translation>Kachelkarte und Zeitleiste: bewegen</translation>
    </message>
    <message>
        <source>Treemap: into the folder, or show the file</source>
        <translation>Kachelkarte: in den Ordner, oder Datei zeigen</translation>
    </message>
    <message>
        <source>Treemap: out again</source>
        <translation>Kachelkarte: wieder heraus</translation>
    </message>
    <message>
        <source>Findings: show the evidence. Treemap, files: leave out or take in</source>
        <translation>Befunde: Beleg zeigen. Kachelbild, Dateien: auslassen oder aufnehmen</translation>
    </message>
    <message>
        <source>Treemap and charts: as a table</source>
        <translation>Kachelbild und Schaubilder: als Tabelle</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Gegenstand</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
</context>
<context>
    <name>text</name>
    <message>
        <source>under 1 s</source>
        <translation>unter 1 s</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>unknown price</source>
        <translation>Preis unbekannt</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Niedrig</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>Kritisch</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Counting tokens</source>
        <translation>Tokens zählen</translation>
    </message>
    <message>
        <source>Looking for secrets</source>
        <translation>Geheimnisse suchen</translation>
    </message>
    <message>
        <source>Evaluating the text</source>
        <translation>Text auswerten</translation>
    </message>
    <message>
        <source>Examining</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>Nachprüfen</translation>
    </message>
    <message>
        <source>Deciding</source>
        <translation>Entscheiden</translation>
    </message>
    <message>
        <source>Reporting</source>
        <translation>Berichten</translation>
    </message>
</context>
<context>
    <name>ui::AskPanel</name>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation>Kein von einem Modell ver&amp;fasster Satz</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Only in these paths</source>
        <translation>Nur in diesen Pfaden</translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation>Kein von einem Modell verfasster Satz</translation>
    </message>
    <message>
        <source>Ask the question</source>
        <translation>Die Frage stellen</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Searches made</source>
        <translation>Ausgeführte Suchen</translation>
    </message>
    <message>
        <source>What do you want to know? &quot;Quoted words&quot; are counted exactly.</source>
        <translation>Was möchten Sie wissen? &quot;Wörter in Anführungszeichen&quot; werden genau gezählt.</translation>
    </message>
    <message>
        <source>everything; for example src/**</source>
        <translation>alles; zum Beispiel src/**</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Nichts ist geöffnet.</translation>
    </message>
    <message>
        <source>Without an engine the answer is passages and exact counts.</source>
        <translation>Ohne Modell besteht die Antwort aus Textstellen und genauen Zählungen.</translation>
    </message>
    <message>
        <source>Every sentence of the answer shows where it stands; one that no passage supports is grey.</source>
        <translation>Jeder Satz der Antwort zeigt, wo er steht; einer ohne stützende Stelle ist grau.</translation>
    </message>
    <message>
        <source>%1 (%2): %3 hits</source>
        <translation>%1 (%2): %3 Treffer</translation>
    </message>
    <message>
        <source>Ask &amp;on</source>
        <translation>&amp;Weiterfragen</translation>
    </message>
    <message>
        <source>&amp;Promote to finding</source>
        <translation>Zum &amp;Befund machen</translation>
    </message>
    <message>
        <source>Go on from the answer that is shown</source>
        <translation>Von der gezeigten Antwort aus weiterfragen</translation>
    </message>
    <message>
        <source>Make the chosen sentence a finding</source>
        <translation>Den gewählten Satz zum Befund machen</translation>
    </message>
    <message>
        <source>Questions so far</source>
        <translation>Bisherige Fragen</translation>
    </message>
    <message>
        <source>A further question that knows the answer below; from an earlier answer it begins a branch</source>
        <translation>Eine weitere Frage, die die Antwort unten kennt; von einer früheren Antwort aus beginnt sie einen Zweig</translation>
    </message>
    <message>
        <source>The sentence on which you clicked last, or whose mark you reached with Tab</source>
        <translation>Der Satz, auf den zuletzt geklickt wurde oder dessen Marke mit Tab erreicht ist</translation>
    </message>
    <message>
        <source>Onl&amp;y in</source>
        <translation>N&amp;ur in</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>unfertig</translation>
    </message>
    <message>
        <source>This question has no answer yet: its run was not finished.</source>
        <translation>Diese Frage hat noch keine Antwort: Ihr Lauf wurde nicht beendet.</translation>
    </message>
    <message>
        <source>Opening the answer</source>
        <translation>Öffnen der Antwort</translation>
    </message>
</context>
<context>
    <name>ui::BusyLine</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Stopping; what was done is kept</source>
        <translation>Wird angehalten; das Erledigte bleibt erhalten</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>  %1 of %2</source>
        <translation>  %1 von %2</translation>
    </message>
</context>
<context>
    <name>ui::CitationCard</name>
    <message>
        <source>Citation %1, %2, %3, %4: %5</source>
        <translation>Zitat %1, %2, %3, %4: %5</translation>
    </message>
</context>
<context>
    <name>ui::CommandPalette</name>
    <message>
        <source>All actions</source>
        <translation>Alle Aktionen</translation>
    </message>
    <message>
        <source>Name of an action</source>
        <translation>Name einer Aktion</translation>
    </message>
    <message>
        <source>Type what you want to do</source>
        <translation>Schreiben Sie, was Sie tun möchten</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Aktionen</translation>
    </message>
</context>
<context>
    <name>ui::CorpusModel</name>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n Datei</numerusform>
            <numerusform>%n Dateien</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n findings, the worst: %1</source>
        <translation>
            <numerusform>%n Befund, der schwerste: %1</numerusform>
            <numerusform>%n Befunde, der schwerste: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warnings</source>
        <translation>
            <numerusform>%n Warnung</numerusform>
            <numerusform>%n Warnungen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>Rule: %1</source>
        <translation>Regel: %1</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>Marken</translation>
    </message>
</context>
<context>
    <name>ui::CorpusPanel</name>
    <message>
        <source>Filter files by name</source>
        <translation>Dateien nach Namen filtern</translation>
    </message>
    <message>
        <source>Which files are shown</source>
        <translation>Welche Dateien gezeigt werden</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Files with marks</source>
        <translation>Dateien mit Marken</translation>
    </message>
    <message>
        <source>Only: %1</source>
        <translation>Nur: %1</translation>
    </message>
    <message>
        <source>Files of the corpus</source>
        <translation>Dateien des Bestands</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Nichts ist geöffnet.</translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n Datei</numerusform>
            <numerusform>%n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Enter shows one, Space leaves it out or takes it in</source>
        <translation>Eingabe zeigt eine, Leertaste lässt sie aus oder nimmt sie auf</translation>
    </message>
    <message>
        <source>%1 was not read (%2): it cannot be shown. Space takes it in.</source>
        <translation>%1 wurde nicht gelesen (%2) und kann nicht gezeigt werden. Die Leertaste nimmt sie auf.</translation>
    </message>
</context>
<context>
    <name>ui::CostCurve</name>
    <message>
        <source>Costs over calls</source>
        <translation>Kosten über die Aufrufe</translation>
    </message>
    <message>
        <source>No call was made</source>
        <translation>Kein Aufruf</translation>
    </message>
    <message numerus="yes">
        <source>%n calls</source>
        <translation>
            <numerusform>%n Aufruf</numerusform>
            <numerusform>%n Aufrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>No call was made: checks, search and extractive summaries cost nothing</source>
        <translation>Kein Aufruf: Prüfungen, Suche und Auszüge kosten nichts</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>cached</source>
        <translation>zwischengespeichert</translation>
    </message>
    <message>
        <source>not cached</source>
        <translation>nicht zwischengespeichert</translation>
    </message>
    <message>
        <source>output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>forecast</source>
        <translation>Vorhersage</translation>
    </message>
</context>
<context>
    <name>ui::CostPanel</name>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Aufruf</translation>
    </message>
    <message>
        <source>Not cached</source>
        <translation>Nicht zwischengespeichert</translation>
    </message>
    <message>
        <source>Cached</source>
        <translation>Zwischengespeichert</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Spent</source>
        <translation>Ausgegeben</translation>
    </message>
    <message>
        <source>What it would have cost elsewhere</source>
        <translation>Was es anderswo gekostet hätte</translation>
    </message>
    <message>
        <source>The same tokens on</source>
        <translation>Dieselben Tokens bei</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>Prices of</source>
        <translation>Preise vom</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Verlässlichkeit</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>0 B left this computer.</source>
        <translation>0 B haben diesen Rechner verlassen.</translation>
    </message>
    <message>
        <source>%1 were sent to %2.</source>
        <translation>%1 wurden an %2 gesendet.</translation>
    </message>
    <message>
        <source>No call of a model was made.</source>
        <translation>Es wurde kein Modell aufgerufen.</translation>
    </message>
    <message numerus="yes">
        <source>%n calls</source>
        <translation>
            <numerusform>%n Aufruf</numerusform>
            <numerusform>%n Aufrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 tokens not cached, %2 cached, %3 output</source>
        <translation>%1 Tokens nicht zwischengespeichert, %2 zwischengespeichert, %3 Ausgabe</translation>
    </message>
    <message>
        <source>%1 spent; the forecast said %2</source>
        <translation>%1 ausgegeben; vorhergesagt waren %2</translation>
    </message>
    <message>
        <source>Tokens by stage</source>
        <translation>Tokens nach Schritt</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Stack</source>
        <translation>Anteile</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Hochtarif</translation>
    </message>
    <message>
        <source>Tables of the costs</source>
        <translation>Tabellen der Kosten</translation>
    </message>
    <message>
        <source>By stage</source>
        <translation>Nach Schritt</translation>
    </message>
    <message>
        <source>By call</source>
        <translation>Nach Aufruf</translation>
    </message>
    <message>
        <source>Elsewhere</source>
        <translation>Anderswo</translation>
    </message>
    <message>
        <source>no price</source>
        <translation>kein Preis</translation>
    </message>
    <message>
        <source>%1 of 100 input tokens came from the cache</source>
        <translation>%1 von 100 gelesenen Tokens kamen aus dem Zwischenspeicher</translation>
    </message>
    <message>
        <source>Peak hours: %1 costs more until %2.</source>
        <translation>Hochtarif: %1 kostet mehr bis %2.</translation>
    </message>
    <message>
        <source>Off-peak: %1 costs less until %2.</source>
        <translation>Niedertarif: %1 kostet weniger bis %2.</translation>
    </message>
    <message>
        <source>0 B left this computer: local engine.</source>
        <translation>0 B haben diesen Rechner verlassen: lokales Modell.</translation>
    </message>
</context>
<context>
    <name>ui::Coverage</name>
    <message>
        <source>read</source>
        <translation>gelesen</translation>
    </message>
    <message>
        <source>signatures only</source>
        <translation>nur Signaturen</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>unlesbar</translation>
    </message>
    <message>
        <source>over budget</source>
        <translation>über dem Budget</translation>
    </message>
    <message>
        <source>withheld</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>page without text</source>
        <translation>Seite ohne Text</translation>
    </message>
</context>
<context>
    <name>ui::Desk</name>
    <message>
        <source>Saving the settings</source>
        <translation>Sichern der Einstellungen</translation>
    </message>
    <message>
        <source>Opening the sample</source>
        <translation>Öffnen des Beispiels</translation>
    </message>
    <message>
        <source>Nothing will be kept: %1</source>
        <translation>Nichts wird aufbewahrt: %1</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Nothing was read yet: open a folder, a repository or documents first.</source>
        <translation>Noch wurde nichts gelesen: Öffnen Sie zuerst einen Ordner, ein Repositorium oder Dokumente.</translation>
    </message>
    <message>
        <source>The run</source>
        <translation>Der Lauf</translation>
    </message>
    <message>
        <source>%1 names no place in what was read.</source>
        <translation>%1 nennt keine Stelle im Gelesenen.</translation>
    </message>
    <message>
        <source>This session cannot be written: nothing can be promoted.</source>
        <translation>In diese Sitzung kann nicht geschrieben werden: Nichts kann zum Befund werden.</translation>
    </message>
    <message>
        <source>Wait until the run has ended: a finding is added to a finished report.</source>
        <translation>Warten Sie, bis der Lauf beendet ist: Ein Befund kommt in einen fertigen Bericht.</translation>
    </message>
    <message>
        <source>It is finding %1 now.</source>
        <translation>Er ist jetzt Befund %1.</translation>
    </message>
    <message>
        <source>window %1 tokens</source>
        <translation>Fenster %1 Tokens</translation>
    </message>
    <message>
        <source>its window is not said</source>
        <translation>sein Fenster ist nicht angegeben</translation>
    </message>
    <message>
        <source>%1 answers and serves the model; %2</source>
        <translation>%1 antwortet und bietet das Modell an; %2</translation>
    </message>
    <message>
        <source>%1 answers, but does not list the model</source>
        <translation>%1 antwortet, führt aber das Modell nicht auf</translation>
    </message>
</context>
<context>
    <name>ui::EnginePanel</name>
    <message>
        <source>2: reviewer; writes findings and answers, each checked against the text</source>
        <translation>2: Prüfer; schreibt Befunde und Antworten, jede am Text geprüft</translation>
    </message>
    <message>
        <source>1: reader; points at places and words single lines</source>
        <translation>1: Leser; zeigt auf Stellen und fasst einzelne Zeilen</translation>
    </message>
    <message>
        <source>0: nothing proved; checks, search and extractive summaries by code</source>
        <translation>0: nichts erwiesen; Prüfungen, Suche und Auszüge durch Code</translation>
    </message>
    <message>
        <source>&amp;Open and look</source>
        <translation>Ö&amp;ffnen und ansehen</translation>
    </message>
    <message>
        <source>&amp;Test the endpoint</source>
        <translation>Dienst &amp;prüfen</translation>
    </message>
    <message>
        <source>&amp;Locate weights…</source>
        <translation>&amp;Gewichte suchen…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Key from</source>
        <translation>Schlüssel aus</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>No engine: level 0, checks, search and extractive summaries</source>
        <translation>Kein Modell: Stufe 0, Prüfungen, Suche und Auszüge</translation>
    </message>
    <message>
        <source>Engine: %1</source>
        <translation>Modell: %1</translation>
    </message>
    <message>
        <source>Leaves this computer</source>
        <translation>Verlässt diesen Rechner</translation>
    </message>
    <message>
        <source>variable %1</source>
        <translation>Variable %1</translation>
    </message>
    <message>
        <source>file %1</source>
        <translation>Datei %1</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>kein Schlüssel</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>%1 wird geöffnet</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>Fingerabdruck</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>Längste Antwort</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Runs at</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>this computer; no byte leaves it</source>
        <translation>diesem Rechner; kein Byte verlässt ihn</translation>
    </message>
    <message>
        <source>Price row</source>
        <translation>Preiszeile</translation>
    </message>
    <message>
        <source>Demonstration</source>
        <translation>Vorführung</translation>
    </message>
    <message>
        <source>every generated sentence carries a badge</source>
        <translation>jeder erzeugte Satz trägt ein Zeichen</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Asking %1 for its models; nothing of the text is sent</source>
        <translation>%1 wird nach seinen Modellen gefragt; vom Text wird nichts gesendet</translation>
    </message>
    <message>
        <source>all in memory</source>
        <translation>ganz im Speicher</translation>
    </message>
    <message>
        <source>weights are read from disk again and again: slow</source>
        <translation>Gewichte werden immer wieder von der Platte gelesen: langsam</translation>
    </message>
    <message>
        <source>does not fit this computer</source>
        <translation>passt nicht auf diesen Rechner</translation>
    </message>
    <message>
        <source>this system does not say how much memory is free</source>
        <translation>dieses System sagt nicht, wie viel Speicher frei ist</translation>
    </message>
    <message>
        <source>&amp;Measure the speed</source>
        <translation>Tempo &amp;messen</translation>
    </message>
    <message>
        <source>&amp;Delete the snapshot</source>
        <translation>Speicherstand &amp;löschen</translation>
    </message>
    <message>
        <source>Without an engine Lectern checks, searches and summarises by itself. The built-in model runs on this computer and sends nothing. A folder with DeepSeek-V4 weights (config.json and safetensors, or a GGUF file) is used where it lies: download it with any tool, then locate it here. A served model is set up in the settings: its address, its name, and where its key is kept.</source>
        <translation>Ohne Modell prüft, sucht und fasst Lectern selbst zusammen. Das eingebaute Modell läuft auf diesem Rechner und sendet nichts. Ein Ordner mit DeepSeek-V4-Gewichten (config.json und safetensors oder eine GGUF-Datei) wird benutzt, wo er liegt: Laden Sie ihn mit einem beliebigen Werkzeug herunter und zeigen Sie ihn hier. Ein Modell auf einem Server wird in den Einstellungen eingerichtet: seine Adresse, sein Name und wo sein Schlüssel liegt.</translation>
    </message>
    <message>
        <source>Speed by depth</source>
        <translation>Tempo nach Tiefe</translation>
    </message>
    <message>
        <source>Tokens of context</source>
        <translation>Tokens im Kontext</translation>
    </message>
    <message>
        <source>Read a second</source>
        <translation>Gelesen je Sekunde</translation>
    </message>
    <message>
        <source>Written a second</source>
        <translation>Geschrieben je Sekunde</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>Speicherstände</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>Parts of the engine</source>
        <translation>Teile des Modells</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>&quot;Open and look&quot; shows the card</source>
        <translation>„Öffnen und ansehen“ zeigt die Karte</translation>
    </message>
    <message>
        <source>the text, after you have agreed to host, bytes and price</source>
        <translation>der Text, nachdem Sie Rechner, Bytes und Preis zugestimmt haben</translation>
    </message>
    <message>
        <source>0 B, local engine</source>
        <translation>0 B, lokales Modell</translation>
    </message>
    <message>
        <source>Not measured yet. Invented tokens are read and written for some seconds in a process of their own; nothing of the text is used.</source>
        <translation>Noch nicht gemessen. Erfundene Tokens werden einige Sekunden lang in einem eigenen Prozess gelesen und geschrieben; vom Text wird nichts benutzt.</translation>
    </message>
    <message>
        <source>Only an engine on this computer is measured here.</source>
        <translation>Nur ein Modell auf diesem Rechner wird hier gemessen.</translation>
    </message>
    <message>
        <source>key ring</source>
        <translation>Schlüsselbund</translation>
    </message>
    <message>
        <source>Device and memory</source>
        <translation>Gerät und Speicher</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Bauart</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>%1, %2 active for a token</source>
        <translation>%1, davon %2 aktiv je Token</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Devices here</source>
        <translation>Geräte hier</translation>
    </message>
    <message numerus="yes">
        <source>%n threads</source>
        <translation>
            <numerusform>%n Faden</numerusform>
            <numerusform>%n Fäden</numerusform>
        </translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Free memory</source>
        <translation>Freier Speicher</translation>
    </message>
    <message>
        <source>Context that fits</source>
        <translation>Kontext, der passt</translation>
    </message>
    <message>
        <source>Memory at %1 tokens</source>
        <translation>Speicher bei %1 Tokens</translation>
    </message>
    <message>
        <source>%1 of context, %2 in all: %3</source>
        <translation>%1 für den Kontext, %2 insgesamt: %3</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>Measure the speed</source>
        <translation>Tempo messen</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Angehalten.</translation>
    </message>
    <message>
        <source>&amp;Stop measuring</source>
        <translation>Messung &amp;anhalten</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>Messung anhalten</translation>
    </message>
    <message>
        <source>Measuring; this takes some seconds for a small model and minutes for a large one</source>
        <translation>Messung läuft; das dauert bei einem kleinen Modell Sekunden, bei einem großen Minuten</translation>
    </message>
    <message>
        <source>Measured %1, tokens a second.</source>
        <translation>Gemessen um %1, Tokens je Sekunde.</translation>
    </message>
    <message>
        <source>unnamed, %1</source>
        <translation>ohne Namen, %1</translation>
    </message>
    <message>
        <source>Made %1; it holds text of what was read</source>
        <translation>Entstanden %1; er enthält Text des Gelesenen</translation>
    </message>
    <message>
        <source>No snapshot: an engine on this computer keeps one where the shared text of a run ends, and the next run starts there.</source>
        <translation>Kein Speicherstand: Ein Modell auf diesem Rechner legt einen an, wo der gemeinsame Text eines Laufs endet, und der nächste Lauf beginnt dort.</translation>
    </message>
    <message>
        <source>%1 of at most %2; the longest unused go first</source>
        <translation>%1 von höchstens %2; die am längsten unbenutzten gehen zuerst</translation>
    </message>
</context>
<context>
    <name>ui::EvidencePanel</name>
    <message>
        <source>%1 is not among what was read: open the subject this report was made from.</source>
        <translation>%1 gehört nicht zu dem, was gelesen wurde: Öffnen Sie den Gegenstand, aus dem dieser Bericht entstand.</translation>
    </message>
    <message>
        <source>%1 has changed since this was cited; these words no longer stand there, and nothing is marked.</source>
        <translation>%1 hat sich geändert, seit dies zitiert wurde; die Worte stehen dort nicht mehr, und nichts ist markiert.</translation>
    </message>
    <message>
        <source>This citation is empty, and nothing is marked.</source>
        <translation>Dieser Beleg ist leer, und nichts ist markiert.</translation>
    </message>
    <message>
        <source>This quote was not found. It is shown as it was claimed, and nothing is marked.</source>
        <translation>Dieses Zitat wurde nicht gefunden. Es wird gezeigt, wie es behauptet wurde, und nichts ist markiert.</translation>
    </message>
    <message>
        <source>This quote was not found in %1. It is shown as it was claimed, and nothing is marked.</source>
        <translation>Dieses Zitat wurde in %1 nicht gefunden. Es wird gezeigt, wie es behauptet wurde, und nichts ist markiert.</translation>
    </message>
    <message>
        <source>The cited words differ from these in spacing or punctuation; this is what the document says.</source>
        <translation>Die zitierten Worte weichen in Leerraum oder Zeichensetzung ab; dies steht im Dokument.</translation>
    </message>
    <message>
        <source>This text was read from a picture of the page (OCR) and may hold reading errors.</source>
        <translation>Dieser Text wurde aus einem Bild der Seite gelesen (OCR) und kann Lesefehler enthalten.</translation>
    </message>
    <message>
        <source>These words were cited from another place; they stand here.</source>
        <translation>Diese Worte wurden von einer anderen Stelle zitiert; sie stehen hier.</translation>
    </message>
    <message numerus="yes">
        <source>This quote stands in %n place(s), and nothing says which one is meant, so none is marked.</source>
        <translation>
            <numerusform>Dieses Zitat steht an %n Stelle, und nichts sagt, welche gemeint ist; darum ist keine markiert.</numerusform>
            <numerusform>Dieses Zitat steht an %n Stellen, und nichts sagt, welche gemeint ist; darum ist keine markiert.</numerusform>
        </translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vor</translation>
    </message>
    <message>
        <source>Next evidence step</source>
        <translation>Nächster Beleg</translation>
    </message>
    <message>
        <source>Previous evidence step</source>
        <translation>Voriger Beleg</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>In diesem Dokument suchen</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>State of the citation</source>
        <translation>Zustand des Zitats</translation>
    </message>
    <message>
        <source>Note about this citation</source>
        <translation>Hinweis zu diesem Zitat</translation>
    </message>
    <message>
        <source>Result of the search</source>
        <translation>Ergebnis der Suche</translation>
    </message>
    <message>
        <source>Not in this document</source>
        <translation>Nicht in diesem Dokument</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beleg</translation>
    </message>
    <message>
        <source>Why nothing is marked</source>
        <translation>Warum nichts markiert ist</translation>
    </message>
    <message>
        <source>The quote as claimed</source>
        <translation>Das behauptete Zitat</translation>
    </message>
    <message>
        <source>Evidence steps</source>
        <translation>Schritte des Belegs</translation>
    </message>
    <message>
        <source>Choose a finding or a citation: the passage it stands on is shown here.</source>
        <translation>Wählen Sie einen Befund oder ein Zitat: Die Stelle, auf der es beruht, wird hier gezeigt.</translation>
    </message>
    <message>
        <source>This finding cites nothing, so nothing is marked.</source>
        <translation>Dieser Befund zitiert nichts, also ist nichts markiert.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Nothing is open: open the subject this report was made from.</source>
        <translation>Nichts ist geöffnet: Öffnen Sie den Gegenstand dieses Berichts.</translation>
    </message>
</context>
<context>
    <name>ui::ExportDialog</name>
    <message>
        <source>Export the report</source>
        <translation>Bericht ausgeben</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Lowest severity</source>
        <translation>Niedrigste Schwere</translation>
    </message>
    <message>
        <source>Rejected and dismissed ones &amp;too</source>
        <translation>&amp;Auch abgelehnte und verworfene</translation>
    </message>
    <message>
        <source>Rejected and dismissed ones too</source>
        <translation>Auch abgelehnte und verworfene</translation>
    </message>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation>Kein von einem Modell ver&amp;fasster Satz</translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation>Kein von einem Modell verfasster Satz</translation>
    </message>
    <message>
        <source>Lines around a quote</source>
        <translation>Zeilen um ein Zitat</translation>
    </message>
    <message>
        <source>Words to take out</source>
        <translation>Zu entfernende Wörter</translation>
    </message>
    <message>
        <source>words to take out, one a line</source>
        <translation>zu entfernende Wörter, eins je Zeile</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>&amp;Sichern…</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Bericht sichern</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>Lowest se&amp;verity</source>
        <translation>Niedrigste Sch&amp;were</translation>
    </message>
    <message>
        <source>&amp;Lines around a quote</source>
        <translation>&amp;Zeilen um ein Zitat</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>Abdeckung</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Searches</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Abschnitte</translation>
    </message>
    <message>
        <source>&amp;Take out</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>There is no report yet.</source>
        <translation>Es gibt noch keinen Bericht.</translation>
    </message>
    <message>
        <source>A PDF holds the same words, laid out on pages.</source>
        <translation>Ein PDF enthält dieselben Worte, auf Seiten gesetzt.</translation>
    </message>
    <message>
        <source>Written to %1</source>
        <translation>Geschrieben nach %1</translation>
    </message>
    <message>
        <source>The report is written to %1</source>
        <translation>Der Bericht ist geschrieben nach %1</translation>
    </message>
</context>
<context>
    <name>ui::FindingDetail</name>
    <message>
        <source>Finding %1</source>
        <translation>Befund %1</translation>
    </message>
    <message>
        <source>%1 of %2 votes</source>
        <translation>%1 von %2 Stimmen</translation>
    </message>
    <message>
        <source>Claim</source>
        <translation>Behauptung</translation>
    </message>
    <message>
        <source>Consequence</source>
        <translation>Folge</translation>
    </message>
    <message>
        <source>When it happens</source>
        <translation>Wann es geschieht</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beleg</translation>
    </message>
    <message numerus="yes">
        <source>%n more citation(s) in the evidence panel.</source>
        <translation>
            <numerusform>%n weiteres Zitat im Belegbereich.</numerusform>
            <numerusform>%n weitere Zitate im Belegbereich.</numerusform>
        </translation>
    </message>
    <message>
        <source>Patch, proposed and not applied</source>
        <translation>Änderung, vorgeschlagen und nicht angewendet</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Copy the patch</source>
        <translation>Änderung kopieren</translation>
    </message>
    <message>
        <source>Verdicts</source>
        <translation>Urteile</translation>
    </message>
    <message>
        <source>Also found by</source>
        <translation>Auch gefunden von</translation>
    </message>
</context>
<context>
    <name>ui::FindingsFilter</name>
    <message>
        <source>Without a place</source>
        <translation>Ohne Stelle</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>ui::FindingsModel</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>ui::FindingsPanel</name>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>The chosen finding</source>
        <translation>Der gewählte Befund</translation>
    </message>
    <message>
        <source>Findings by state</source>
        <translation>Befunde nach Zustand</translation>
    </message>
    <message>
        <source>Filter findings</source>
        <translation>Befunde filtern</translation>
    </message>
    <message>
        <source>Filter by words, rule or file</source>
        <translation>Nach Wörtern, Regel oder Datei filtern</translation>
    </message>
    <message>
        <source>Show severity %1</source>
        <translation>Schwere %1 zeigen</translation>
    </message>
    <message>
        <source>Kind of finding</source>
        <translation>Art des Befunds</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>Gruppieren nach</translation>
    </message>
    <message>
        <source>Not grouped</source>
        <translation>Nicht gruppiert</translation>
    </message>
    <message>
        <source>By severity</source>
        <translation>Nach Schwere</translation>
    </message>
    <message>
        <source>By file</source>
        <translation>Nach Datei</translation>
    </message>
    <message>
        <source>By folder</source>
        <translation>Nach Ordner</translation>
    </message>
    <message>
        <source>By rule</source>
        <translation>Nach Regel</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>Alle Arten</translation>
    </message>
    <message>
        <source>All folders</source>
        <translation>Alle Ordner</translation>
    </message>
    <message>
        <source>No finding here under these filters.</source>
        <translation>Kein Befund unter diesen Filtern.</translation>
    </message>
    <message>
        <source>No review has been run yet. Findings appear here while one runs.</source>
        <translation>Noch lief keine Prüfung. Befunde erscheinen hier, während eine läuft.</translation>
    </message>
    <message>
        <source>This report is no review: it holds no findings.</source>
        <translation>Dieser Bericht ist keine Prüfung: Er enthält keine Befunde.</translation>
    </message>
    <message numerus="yes">
        <source>Nothing was found in what was read, but not everything was read: %n gap(s), listed in the report.</source>
        <translation>
            <numerusform>Im Gelesenen wurde nichts gefunden, aber nicht alles wurde gelesen: %n Lücke, im Bericht genannt.</numerusform>
            <numerusform>Im Gelesenen wurde nichts gefunden, aber nicht alles wurde gelesen: %n Lücken, im Bericht genannt.</numerusform>
        </translation>
    </message>
    <message>
        <source>No findings. Everything was read.</source>
        <translation>Keine Befunde. Alles wurde gelesen.</translation>
    </message>
    <message>
        <source>No check fired; no model has reviewed this.</source>
        <translation>Keine Prüfung schlug an; kein Modell hat dies geprüft.</translation>
    </message>
    <message>
        <source>No session is open: this decision is not kept.</source>
        <translation>Keine Sitzung ist geöffnet: Diese Entscheidung bleibt nicht erhalten.</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Verwerfen</translation>
    </message>
    <message numerus="yes">
        <source>Dismiss %n finding(s)? Dismissed findings stay dismissed in later reviews.</source>
        <translation>
            <numerusform>%n Befund verwerfen? Verworfene Befunde bleiben in späteren Prüfungen verworfen.</numerusform>
            <numerusform>%n Befunde verwerfen? Verworfene Befunde bleiben in späteren Prüfungen verworfen.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;This finding</source>
        <translation>&amp;Diesen Befund</translation>
    </message>
    <message>
        <source>&amp;These findings</source>
        <translation>&amp;Diese Befunde</translation>
    </message>
    <message>
        <source>Rule %1 &amp;here (%2)</source>
        <translation>Regel %1 &amp;hier (%2)</translation>
    </message>
    <message>
        <source>no place</source>
        <translation>keine Stelle</translation>
    </message>
    <message>
        <source>Rule %1 &amp;everywhere</source>
        <translation>Regel %1 &amp;überall</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Reason, for the next reader</source>
        <translation>Grund, für den nächsten Leser</translation>
    </message>
</context>
<context>
    <name>ui::IntakePanel</name>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Leave out</source>
        <translation>Aus&amp;lassen</translation>
    </message>
    <message>
        <source>Colour of the treemap</source>
        <translation>Farbe der Kachelkarte</translation>
    </message>
    <message>
        <source>Colour by type</source>
        <translation>Farbe nach Art</translation>
    </message>
    <message>
        <source>Colour by volatility</source>
        <translation>Farbe nach Wandel</translation>
    </message>
    <message>
        <source>Colour by coverage</source>
        <translation>Farbe nach Abdeckung</translation>
    </message>
    <message>
        <source>Colour by findings</source>
        <translation>Farbe nach Befunden</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Leave out what is chosen</source>
        <translation>Gewähltes auslassen</translation>
    </message>
    <message>
        <source>Lists of the intake</source>
        <translation>Listen der Aufnahme</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>Ausgelassen</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Proposals</source>
        <translation>Vorschläge</translation>
    </message>
    <message>
        <source>What could be left out</source>
        <translation>Was ausgelassen werden könnte</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Your rules</source>
        <translation>Ihre Regeln</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>Muster</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Wirkung</translation>
    </message>
    <message>
        <source>As a table</source>
        <translation>Als Tabelle</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Reading was stopped.</source>
        <translation>Das Lesen wurde angehalten.</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>kein Grund angegeben</translation>
    </message>
    <message>
        <source>Enter reads this file although the rule leaves it out</source>
        <translation>Eingabetaste liest diese Datei trotz der Regel</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>Left out (%1)</source>
        <translation>Ausgelassen (%1)</translation>
    </message>
    <message>
        <source>Enter leaves these files out</source>
        <translation>Eingabetaste lässt diese Dateien aus</translation>
    </message>
    <message>
        <source>Proposals (%1)</source>
        <translation>Vorschläge (%1)</translation>
    </message>
    <message>
        <source>Warnings (%1)</source>
        <translation>Warnungen (%1)</translation>
    </message>
    <message>
        <source>read</source>
        <translation>gelesen</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>Enter takes this rule back</source>
        <translation>Eingabetaste nimmt diese Regel zurück</translation>
    </message>
    <message>
        <source>Your rules (%1)</source>
        <translation>Ihre Regeln (%1)</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Anwenden</translation>
    </message>
    <message>
        <source>Apply the proposal</source>
        <translation>Den Vorschlag anwenden</translation>
    </message>
    <message>
        <source>Forecast</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>&amp;Read it all the same</source>
        <translation>&amp;Trotzdem lesen</translation>
    </message>
    <message>
        <source>Leave &amp;these out</source>
        <translation>Diese a&amp;uslassen</translation>
    </message>
    <message>
        <source>Take the rule &amp;back</source>
        <translation>Regel &amp;zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Show it</source>
        <translation>Z&amp;eigen</translation>
    </message>
    <message>
        <source>Too much by %1 tokens. Leave out %2: %3 tokens less.</source>
        <translation>%1 Tokens zu viel. Auslassen von %2: %3 Tokens weniger.</translation>
    </message>
    <message>
        <source>Too much by %1 tokens, and nothing stands out: leave folders out in the treemap, or the largest files stay unread.</source>
        <translation>%1 Tokens zu viel, und nichts sticht heraus: Lassen Sie im Kachelbild Ordner aus, sonst bleiben die größten Dateien ungelesen.</translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Lectern</source>
        <translation>Lectern</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>Intake</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the notice</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Bereiche</translation>
    </message>
    <message>
        <source>Menus</source>
        <translation>Menüs</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 misslang</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>In Arbeit</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>%1 – Lectern</source>
        <translation>%1 – Lectern</translation>
    </message>
    <message>
        <source>Stopped; what was done is kept. Resume goes on with it.</source>
        <translation>Angehalten; das Erledigte bleibt erhalten. Fortsetzen macht damit weiter.</translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation>Das Modell wird gefragt</translation>
    </message>
    <message>
        <source>Context %1 of %2</source>
        <translation>Kontext %1 von %2</translation>
    </message>
    <message>
        <source>(estimated)</source>
        <translation>(geschätzt)</translation>
    </message>
    <message>
        <source>Nothing is open</source>
        <translation>Nichts ist geöffnet</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>sent %1</source>
        <translation>gesendet %1</translation>
    </message>
    <message>
        <source>level %1</source>
        <translation>Stufe %1</translation>
    </message>
    <message>
        <source>About Lectern</source>
        <translation>Über Lectern</translation>
    </message>
    <message>
        <source>The auditable reader. Every sentence of a report shows where it stands in the text.</source>
        <translation>Der nachprüfbare Leser. Jeder Satz eines Berichts zeigt, wo er im Text steht.</translation>
    </message>
    <message>
        <source>Before anything is sent</source>
        <translation>Bevor etwas gesendet wird</translation>
    </message>
    <message>
        <source>%1 of text would be sent to %2 (model %3) for %4. Send it?</source>
        <translation>%1 Text würden an %2 (Modell %3) gesendet, für %4. Senden?</translation>
    </message>
    <message>
        <source>&amp;Send</source>
        <translation>&amp;Senden</translation>
    </message>
    <message>
        <source>&amp;Do not send</source>
        <translation>&amp;Nicht senden</translation>
    </message>
    <message>
        <source>Open a folder or repository</source>
        <translation>Ordner oder Repositorium öffnen</translation>
    </message>
    <message>
        <source>Where the weights lie</source>
        <translation>Wo die Gewichte liegen</translation>
    </message>
    <message>
        <source>Open documents</source>
        <translation>Dokumente öffnen</translation>
    </message>
    <message>
        <source>Documents (*.pdf *.txt *.md *.html *.rst);;All files (*)</source>
        <translation>Dokumente (*.pdf *.txt *.md *.html *.rst);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Sitzung öffnen</translation>
    </message>
    <message>
        <source>Sessions (*.lectern)</source>
        <translation>Sitzungen (*.lectern)</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Bericht sichern</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beleg</translation>
    </message>
    <message>
        <source>Corpus</source>
        <translation>Bestand</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>The budget is reached; everything is kept. Raise it in the run panel and resume, or leave it at this.</source>
        <translation>Das Budget ist erreicht; alles ist aufbewahrt. Erhöhen Sie es in der Ansicht „Lauf“ und setzen Sie fort, oder lassen Sie es dabei.</translation>
    </message>
</context>
<context>
    <name>ui::MarkdownView</name>
    <message>
        <source>Text of the model</source>
        <translation>Text des Modells</translation>
    </message>
    <message>
        <source>%1 (asks before it opens)</source>
        <translation>%1 (fragt vor dem Öffnen)</translation>
    </message>
    <message>
        <source>%1 (never opened)</source>
        <translation>%1 (wird nie geöffnet)</translation>
    </message>
    <message>
        <source>%1 (shown in the corpus)</source>
        <translation>%1 (im Bestand gezeigt)</translation>
    </message>
    <message>
        <source>Open a web page?</source>
        <translation>Eine Webseite öffnen?</translation>
    </message>
    <message>
        <source>A model wrote this link. Opening it starts your browser, which tells the host that you came:</source>
        <translation>Ein Modell schrieb diesen Verweis. Öffnen startet Ihren Browser; der Rechner dort erfährt, dass Sie kamen:</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
</context>
<context>
    <name>ui::Marks</name>
    <message>
        <source>demo model</source>
        <translation>Vorführmodell</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>Kritisch</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Niedrig</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>Ursache</translation>
    </message>
    <message>
        <source>Guard</source>
        <translation>Schutz</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>Gegenbeleg</translation>
    </message>
    <message>
        <source>Support</source>
        <translation>Stütze</translation>
    </message>
    <message>
        <source>Located</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>Approximate</source>
        <translation>Ungefähr</translation>
    </message>
    <message>
        <source>Read by OCR</source>
        <translation>Durch Texterkennung gelesen</translation>
    </message>
    <message>
        <source>Several places</source>
        <translation>Mehrere Stellen</translation>
    </message>
    <message>
        <source>Other place</source>
        <translation>Andere Stelle</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>Extracted: words of the source</source>
        <translation>Entnommen: Worte der Quelle</translation>
    </message>
    <message>
        <source>Computed by code</source>
        <translation>Durch Code berechnet</translation>
    </message>
    <message>
        <source>Generated by a model</source>
        <translation>Von einem Modell erzeugt</translation>
    </message>
    <message>
        <source>Its citation supports it</source>
        <translation>Sein Zitat stützt ihn</translation>
    </message>
    <message>
        <source>Not supported by its citation</source>
        <translation>Von seinem Zitat nicht gestützt</translation>
    </message>
    <message>
        <source>Support not checked</source>
        <translation>Stütze nicht geprüft</translation>
    </message>
    <message>
        <source>Needs no support</source>
        <translation>Braucht keine Stütze</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Dismissed</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>Behoben</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>moved</source>
        <translation>verschoben</translation>
    </message>
    <message>
        <source>reopened</source>
        <translation>wieder offen</translation>
    </message>
    <message>
        <source>late</source>
        <translation>spät</translation>
    </message>
</context>
<context>
    <name>ui::PageTiles</name>
    <message>
        <source>Page %1: %2</source>
        <translation>Seite %1: %2</translation>
    </message>
</context>
<context>
    <name>ui::PdfPages</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n page(s)</source>
        <translation>
            <numerusform>%1, %n Seite</numerusform>
            <numerusform>%1, %n Seiten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PdfViewer</name>
    <message>
        <source>Document pages</source>
        <translation>Seiten des Dokuments</translation>
    </message>
    <message>
        <source>Pages as thumbnails</source>
        <translation>Seiten als Vorschaubilder</translation>
    </message>
    <message>
        <source>What the model saw of this page</source>
        <translation>Was das Modell von dieser Seite sah</translation>
    </message>
    <message>
        <source>What the model saw</source>
        <translation>Was das Modell sah</translation>
    </message>
    <message>
        <source>No picture: %1 The text and its places are shown instead.</source>
        <translation>Kein Bild: %1 Stattdessen werden der Text und seine Stellen gezeigt.</translation>
    </message>
    <message>
        <source>Page %1 of %2</source>
        <translation>Seite %1 von %2</translation>
    </message>
    <message>
        <source>no text</source>
        <translation>kein Text</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
    <message numerus="yes">
        <source>%n hidden word(s), marked in what the model saw</source>
        <translation>
            <numerusform>%n verborgenes Wort, markiert in dem, was das Modell sah</numerusform>
            <numerusform>%n verborgene Wörter, markiert in dem, was das Modell sah</numerusform>
        </translation>
    </message>
    <message>
        <source>too small to be seen</source>
        <translation>zu klein, um gesehen zu werden</translation>
    </message>
    <message>
        <source>outside the page</source>
        <translation>außerhalb der Seite</translation>
    </message>
    <message>
        <source>leaves no ink</source>
        <translation>hinterlässt keine Farbe</translation>
    </message>
    <message>
        <source>The model saw no text of this page.</source>
        <translation>Das Modell sah keinen Text dieser Seite.</translation>
    </message>
</context>
<context>
    <name>ui::PlanPanel</name>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation>Kein von einem Modell ver&amp;fasster Satz</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>A&amp;dd</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>Goal</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Strictness</source>
        <translation>Strenge</translation>
    </message>
    <message>
        <source>Length of the summary</source>
        <translation>Länge der Zusammenfassung</translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation>Kein von einem Modell verfasster Satz</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Your own question</source>
        <translation>Ihre eigene Frage</translation>
    </message>
    <message>
        <source>Add the question</source>
        <translation>Die Frage hinzufügen</translation>
    </message>
    <message>
        <source>Start the run</source>
        <translation>Den Lauf starten</translation>
    </message>
    <message>
        <source>Resume the unfinished run</source>
        <translation>Den unfertigen Lauf fortsetzen</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Review: security</source>
        <translation>Prüfung: Sicherheit</translation>
    </message>
    <message>
        <source>Review: documents against code</source>
        <translation>Prüfung: Dokumente gegen Code</translation>
    </message>
    <message>
        <source>Review: contradictions</source>
        <translation>Prüfung: Widersprüche</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>0: uncertain ones too</source>
        <translation>0: auch unsichere</translation>
    </message>
    <message>
        <source>1: the likelier ones</source>
        <translation>1: die wahrscheinlicheren</translation>
    </message>
    <message>
        <source>2: open ones</source>
        <translation>2: offene</translation>
    </message>
    <message>
        <source>3: strong ones only</source>
        <translation>3: nur starke</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>Kurz</translation>
    </message>
    <message>
        <source>A page</source>
        <translation>Eine Seite</translation>
    </message>
    <message>
        <source>Long</source>
        <translation>Lang</translation>
    </message>
    <message>
        <source>none; for example 1.50</source>
        <translation>keins; zum Beispiel 1.50</translation>
    </message>
    <message>
        <source>A question of your own, asked beside the others</source>
        <translation>Eine eigene Frage, neben den anderen gestellt</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Geld</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>&amp;Goal</source>
        <translation>&amp;Ziel</translation>
    </message>
    <message>
        <source>&amp;Engine</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>S&amp;trictness</source>
        <translation>S&amp;trenge</translation>
    </message>
    <message>
        <source>&amp;Length</source>
        <translation>&amp;Länge</translation>
    </message>
    <message>
        <source>&amp;Budget</source>
        <translation>&amp;Budget</translation>
    </message>
    <message>
        <source>&amp;Questions</source>
        <translation>Fra&amp;gen</translation>
    </message>
    <message>
        <source>&amp;Forecast, side by side</source>
        <translation>&amp;Vorhersage, nebeneinander</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount: write for example 1.50, or leave it empty.</source>
        <translation>&quot;%1&quot; ist kein Betrag: Schreiben Sie zum Beispiel 1.50, oder lassen Sie es leer.</translation>
    </message>
    <message>
        <source>None: checks, search and extractive summaries</source>
        <translation>Keins: Prüfungen, Suche und Auszüge</translation>
    </message>
    <message>
        <source>Built in: the small model in this program</source>
        <translation>Eingebaut: das kleine Modell in diesem Programm</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>kein Modell</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message numerus="yes">
        <source>%n questions</source>
        <translation>
            <numerusform>%n Frage</numerusform>
            <numerusform>%n Fragen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n calls of a model</source>
        <translation>
            <numerusform>%n Aufruf eines Modells</numerusform>
            <numerusform>%n Aufrufe eines Modells</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Nichts ist geöffnet.</translation>
    </message>
    <message>
        <source>A run is going on.</source>
        <translation>Ein Lauf ist im Gange.</translation>
    </message>
    <message>
        <source>A run of %1 is unfinished: resume it, or start anew.</source>
        <translation>Ein Lauf vom %1 ist unfertig: Setzen Sie ihn fort, oder beginnen Sie neu.</translation>
    </message>
    <message>
        <source>The text does not fit the window: %1 tokens would stay unread by a model.</source>
        <translation>Der Text passt nicht ins Fenster: %1 Tokens blieben von einem Modell ungelesen.</translation>
    </message>
    <message>
        <source>Level 0: checks, search and extractive summaries; no model reads the text.</source>
        <translation>Stufe 0: Prüfungen, Suche und Auszüge; kein Modell liest den Text.</translation>
    </message>
    <message>
        <source>Ready.</source>
        <translation>Bereit.</translation>
    </message>
</context>
<context>
    <name>ui::RunPanel</name>
    <message>
        <source>No run yet</source>
        <translation>Noch kein Lauf</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>Den Lauf anhalten</translation>
    </message>
    <message>
        <source>Resume the run</source>
        <translation>Den Lauf fortsetzen</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>Protokoll des Laufs</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Worüber</translation>
    </message>
    <message>
        <source>Timeline of the run</source>
        <translation>Zeitleiste des Laufs</translation>
    </message>
    <message>
        <source>finding</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>Stopping; what was done is kept</source>
        <translation>Wird angehalten; das Erledigte bleibt erhalten</translation>
    </message>
    <message>
        <source>Asking: %1</source>
        <translation>Frage: %1</translation>
    </message>
    <message>
        <source>Summary is being made</source>
        <translation>Die Zusammenfassung entsteht</translation>
    </message>
    <message>
        <source>Review is going on</source>
        <translation>Die Prüfung läuft</translation>
    </message>
    <message>
        <source>started</source>
        <translation>begonnen</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>asked</source>
        <translation>gefragt</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>Text in the engine</source>
        <translation>Text im Modell</translation>
    </message>
    <message>
        <source>%1 tokens evaluated, %2 from the cache, %3 to do</source>
        <translation>%1 Tokens ausgewertet, %2 aus dem Zwischenspeicher, %3 offen</translation>
    </message>
    <message>
        <source>, %1 tokens a second</source>
        <translation>, %1 Tokens je Sekunde</translation>
    </message>
    <message>
        <source>, about %1 left</source>
        <translation>, noch etwa %1</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>tool</source>
        <translation>Werkzeug</translation>
    </message>
    <message>
        <source>Complete after %1</source>
        <translation>Fertig nach %1</translation>
    </message>
    <message>
        <source>Stopped after %1; what was done is kept</source>
        <translation>Angehalten nach %1; das Erledigte bleibt erhalten</translation>
    </message>
    <message>
        <source>The budget is reached: raise it in the plan and resume, or leave it at this</source>
        <translation>Das Budget ist erreicht: Erhöhen Sie es im Plan und setzen Sie fort, oder belassen Sie es dabei</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>Misslungen: %1</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>A larger budget for this run</source>
        <translation>Ein größeres Budget für diesen Lauf</translation>
    </message>
    <message>
        <source>The budget of the whole run; what is spent counts</source>
        <translation>Das Budget des ganzen Laufs; Ausgegebenes zählt mit</translation>
    </message>
    <message>
        <source>The budget is reached: %1 of %2 are spent, the rest would cost at most %3. Write a larger budget and resume, or leave it at this.</source>
        <translation>Das Budget ist erreicht: %1 von %2 sind ausgegeben, der Rest würde höchstens %3 kosten. Schreiben Sie ein größeres Budget und setzen Sie fort, oder lassen Sie es dabei.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount: write for example 1.50, or leave it empty.</source>
        <translation>„%1“ ist kein Betrag: Schreiben Sie zum Beispiel 1.50, oder lassen Sie es leer.</translation>
    </message>
</context>
<context>
    <name>ui::SearchPanel</name>
    <message>
        <source>&amp;Case</source>
        <translation>&amp;Groß/klein</translation>
    </message>
    <message>
        <source>Find in the corpus</source>
        <translation>Im Bestand suchen</translation>
    </message>
    <message>
        <source>Only in these paths</source>
        <translation>Nur in diesen Pfaden</translation>
    </message>
    <message>
        <source>What is searched for</source>
        <translation>Wonach gesucht wird</translation>
    </message>
    <message>
        <source>Capital letters matter</source>
        <translation>Großbuchstaben zählen</translation>
    </message>
    <message>
        <source>Places found</source>
        <translation>Gefundene Stellen</translation>
    </message>
    <message>
        <source>everything; for example src/**</source>
        <translation>alles; zum Beispiel src/**</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>Muster</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>Suche läuft</translation>
    </message>
    <message numerus="yes">
        <source>%n places</source>
        <translation>
            <numerusform>%n Stelle</numerusform>
            <numerusform>%n Stellen</numerusform>
        </translation>
    </message>
    <message>
        <source>the first %1 are listed</source>
        <translation>die ersten %1 sind aufgeführt</translation>
    </message>
    <message numerus="yes">
        <source>in %n files</source>
        <translation>
            <numerusform>in %n Datei</numerusform>
            <numerusform>in %n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>ended early: a lower bound</source>
        <translation>vorzeitig beendet: mindestens so viele</translation>
    </message>
</context>
<context>
    <name>ui::SentenceList</name>
    <message>
        <source>Sentences with their marks</source>
        <translation>Sätze mit ihren Belegen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
    <message>
        <source>Promote to finding</source>
        <translation>Zum Befund machen</translation>
    </message>
    <message numerus="yes">
        <source>and %n more places</source>
        <translation>
            <numerusform>und %n weitere Stelle</numerusform>
            <numerusform>und %n weitere Stellen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SessionsPanel</name>
    <message>
        <source>Search sessions</source>
        <translation>Sitzungen suchen</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Latest run</source>
        <translation>Letzter Lauf</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>Runs of this session</source>
        <translation>Läufe dieser Sitzung</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>no run yet</source>
        <translation>noch kein Lauf</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>unfertig</translation>
    </message>
    <message>
        <source>This run has no report: it was not finished.</source>
        <translation>Dieser Lauf hat keinen Bericht: Er wurde nicht beendet.</translation>
    </message>
    <message>
        <source>Opening the report</source>
        <translation>Öffnen des Berichts</translation>
    </message>
    <message>
        <source>review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>vollständig</translation>
    </message>
    <message>
        <source>incomplete</source>
        <translation>unvollständig</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Groups of settings</source>
        <translation>Gruppen von Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Engines</source>
        <translation>&amp;Modelle</translation>
    </message>
    <message>
        <source>&amp;Limits and privacy</source>
        <translation>&amp;Grenzen und Schutz</translation>
    </message>
    <message>
        <source>&amp;Reading</source>
        <translation>&amp;Lesen</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Key variable</source>
        <translation>Schlüsselvariable</translation>
    </message>
    <message>
        <source>Key file</source>
        <translation>Schlüsseldatei</translation>
    </message>
    <message>
        <source>Price row</source>
        <translation>Preiszeile</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>&amp;Add endpoint</source>
        <translation>Dienst &amp;hinzufügen</translation>
    </message>
    <message>
        <source>Add endpoint</source>
        <translation>Dienst hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Remove endpoint</source>
        <translation>Dienst &amp;entfernen</translation>
    </message>
    <message>
        <source>Remove endpoint</source>
        <translation>Dienst entfernen</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>Aufwand</translation>
    </message>
    <message>
        <source>low</source>
        <translation>niedrig</translation>
    </message>
    <message>
        <source>high</source>
        <translation>hoch</translation>
    </message>
    <message>
        <source>max</source>
        <translation>höchster</translation>
    </message>
    <message>
        <source>The model may &amp;think first</source>
        <translation>Das Modell darf erst &amp;nachdenken</translation>
    </message>
    <message>
        <source>The model may think first</source>
        <translation>Das Modell darf erst nachdenken</translation>
    </message>
    <message>
        <source>E&amp;ffort</source>
        <translation>A&amp;ufwand</translation>
    </message>
    <message>
        <source>Budget of a run</source>
        <translation>Budget eines Laufs</translation>
    </message>
    <message>
        <source>none; for example 1.50</source>
        <translation>keins; zum Beispiel 1.50</translation>
    </message>
    <message>
        <source>Minutes of a run</source>
        <translation>Minuten eines Laufs</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <source>Tokens of one answer</source>
        <translation>Tokens einer Antwort</translation>
    </message>
    <message>
        <source>the engine&apos;s limit</source>
        <translation>die Grenze des Modells</translation>
    </message>
    <message>
        <source>Share of the window kept free</source>
        <translation>Freigehaltener Teil des Fensters</translation>
    </message>
    <message>
        <source>&amp;Offline: open no socket</source>
        <translation>&amp;Offline: keine Verbindung öffnen</translation>
    </message>
    <message>
        <source>Offline: open no socket</source>
        <translation>Offline: keine Verbindung öffnen</translation>
    </message>
    <message>
        <source>Text that looks like a secret</source>
        <translation>Text, der wie ein Geheimnis aussieht</translation>
    </message>
    <message>
        <source>block before sending, allow in the built-in engine</source>
        <translation>vor dem Senden sperren, im eingebauten Modell erlauben</translation>
    </message>
    <message>
        <source>always block</source>
        <translation>immer sperren</translation>
    </message>
    <message>
        <source>overwrite with stars</source>
        <translation>mit Sternen überschreiben</translation>
    </message>
    <message>
        <source>allow</source>
        <translation>erlauben</translation>
    </message>
    <message>
        <source>Hosts confirmed so far</source>
        <translation>Bisher bestätigte Rechner</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
    <message>
        <source>&amp;Budget of a run</source>
        <translation>&amp;Budget eines Laufs</translation>
    </message>
    <message>
        <source>&amp;Minutes of a run</source>
        <translation>&amp;Minuten eines Laufs</translation>
    </message>
    <message>
        <source>&amp;Tokens of one answer</source>
        <translation>&amp;Tokens einer Antwort</translation>
    </message>
    <message>
        <source>&amp;Window kept free</source>
        <translation>&amp;Fenster freihalten</translation>
    </message>
    <message>
        <source>&amp;Secrets</source>
        <translation>&amp;Geheimnisse</translation>
    </message>
    <message>
        <source>Confirmed &amp;hosts</source>
        <translation>Bestätigte &amp;Rechner</translation>
    </message>
    <message>
        <source>Largest text file</source>
        <translation>Größte Textdatei</translation>
    </message>
    <message>
        <source> kB</source>
        <translation> kB</translation>
    </message>
    <message>
        <source>Most pages of a PDF</source>
        <translation>Höchstzahl der Seiten eines PDFs</translation>
    </message>
    <message>
        <source>Pages without text</source>
        <translation>Seiten ohne Text</translation>
    </message>
    <message>
        <source>leave them, and say so</source>
        <translation>lassen und melden</translation>
    </message>
    <message>
        <source>recognise them</source>
        <translation>erkennen</translation>
    </message>
    <message>
        <source>Languages of recognition</source>
        <translation>Sprachen der Erkennung</translation>
    </message>
    <message>
        <source>Largest &amp;text file</source>
        <translation>Größte &amp;Textdatei</translation>
    </message>
    <message>
        <source>Most &amp;pages of a PDF</source>
        <translation>Höchstzahl der &amp;Seiten eines PDFs</translation>
    </message>
    <message>
        <source>Pages without te&amp;xt</source>
        <translation>Seiten &amp;ohne Text</translation>
    </message>
    <message>
        <source>&amp;Languages of recognition</source>
        <translation>S&amp;prachen der Erkennung</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>as the system</source>
        <translation>wie das System</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>high contrast</source>
        <translation>hoher Kontrast</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>&amp;Reduced motion</source>
        <translation>Weniger &amp;Bewegung</translation>
    </message>
    <message>
        <source>Reduced motion</source>
        <translation>Weniger Bewegung</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>&amp;Scale</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>Another language shows after the next start.</source>
        <translation>Eine andere Sprache zeigt sich nach dem nächsten Start.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount: write for example 1.50, or leave it empty.</source>
        <translation>&quot;%1&quot; ist kein Betrag: Schreiben Sie zum Beispiel 1.50, oder lassen Sie es leer.</translation>
    </message>
    <message>
        <source>The settings</source>
        <translation>Die Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Keyboard</source>
        <translation>&amp;Tastatur</translation>
    </message>
    <message>
        <source>A served model: its address, the model&apos;s name there, and where the key is: the key ring of this computer, an environment variable, or a file that only you can read. A key goes to the key ring alone, never into a file of Lectern.</source>
        <translation>Ein Modell auf einem Server: seine Adresse, der Name des Modells dort und wo der Schlüssel liegt: im Schlüsselbund dieses Rechners, in einer Umgebungsvariablen oder in einer Datei, die nur Sie lesen können. Ein Schlüssel kommt allein in den Schlüsselbund, nie in eine Datei von Lectern.</translation>
    </message>
    <message>
        <source>Key ring</source>
        <translation>Schlüsselbund</translation>
    </message>
    <message>
        <source>Store a &amp;key…</source>
        <translation>&amp;Schlüssel ablegen…</translation>
    </message>
    <message>
        <source>Store a key in the key ring</source>
        <translation>Einen Schlüssel im Schlüsselbund ablegen</translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation>&amp;Testen</translation>
    </message>
    <message>
        <source>Test the endpoint</source>
        <translation>Den Dienst testen</translation>
    </message>
    <message>
        <source>This program was built without QtKeychain: keys come from variables and files.</source>
        <translation>Dieses Programm wurde ohne QtKeychain gebaut: Schlüssel kommen aus Variablen und Dateien.</translation>
    </message>
    <message>
        <source>Asking %1 for its models; nothing of the text is sent</source>
        <translation>%1 wird nach seinen Modellen gefragt; vom Text wird nichts gesendet</translation>
    </message>
    <message>
        <source>The key is in the key ring of this computer</source>
        <translation>Der Schlüssel liegt im Schlüsselbund dieses Rechners</translation>
    </message>
    <message>
        <source>Asking the key ring of this computer; it may want to be unlocked</source>
        <translation>Der Schlüsselbund dieses Rechners wird gefragt; vielleicht will er geöffnet werden</translation>
    </message>
    <message>
        <source>The key ring keeps the key for %1.</source>
        <translation>Der Schlüsselbund bewahrt den Schlüssel für %1.</translation>
    </message>
    <message>
        <source>Key for the key ring</source>
        <translation>Schlüssel für den Schlüsselbund</translation>
    </message>
    <message>
        <source>The key for %1. It goes to the key ring of this computer and is sent to that address alone.</source>
        <translation>Der Schlüssel für %1. Er kommt in den Schlüsselbund dieses Rechners und wird nur an diese Adresse gesendet.</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Store the key</source>
        <translation>Den Schlüssel ablegen</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Ablegen</translation>
    </message>
</context>
<context>
    <name>ui::ShortcutEditor</name>
    <message>
        <source>&amp;Set</source>
        <translation>&amp;Setzen</translation>
    </message>
    <message>
        <source>&amp;No key</source>
        <translation>&amp;Keine Taste</translation>
    </message>
    <message>
        <source>As &amp;before</source>
        <translation>Wie &amp;vorgegeben</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Tastatur</translation>
    </message>
    <message>
        <source>New keys of the chosen action</source>
        <translation>Neue Tasten der gewählten Aktion</translation>
    </message>
    <message>
        <source>Set the new keys</source>
        <translation>Die neuen Tasten setzen</translation>
    </message>
    <message>
        <source>The chosen action has no key</source>
        <translation>Die gewählte Aktion hat keine Taste</translation>
    </message>
    <message>
        <source>The chosen action has the keys it came with</source>
        <translation>Die gewählte Aktion hat die vorgegebenen Tasten</translation>
    </message>
    <message>
        <source>Choose an action and press its new keys. Single letters act in lists and are not changed here.</source>
        <translation>Wählen Sie eine Aktion und drücken Sie die neuen Tasten. Einzelne Buchstaben wirken in Listen und werden hier nicht geändert.</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Press the new keys in the field first.</source>
        <translation>Drücken Sie zuerst die neuen Tasten im Feld.</translation>
    </message>
    <message>
        <source>%1 belongs to &quot;%2&quot;: change that first.</source>
        <translation>%1 gehört zu „%2“: Ändern Sie das zuerst.</translation>
    </message>
    <message>
        <source>%1 alone would be lost to writing: add Ctrl or Alt, or take a function key.</source>
        <translation>%1 allein ginge beim Schreiben verloren: Nehmen Sie Strg oder Alt dazu oder eine Funktionstaste.</translation>
    </message>
</context>
<context>
    <name>ui::SourceRuler</name>
    <message>
        <source>Overview of marks</source>
        <translation>Übersicht der Markierungen</translation>
    </message>
    <message numerus="yes">
        <source>%n mark(s)</source>
        <translation>
            <numerusform>%n Markierung</numerusform>
            <numerusform>%n Markierungen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SourceViewer</name>
    <message>
        <source>Source text</source>
        <translation>Quelltext</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n line(s)</source>
        <translation>
            <numerusform>%1, %n Zeile</numerusform>
            <numerusform>%1, %n Zeilen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::StartPage</name>
    <message>
        <source>Start page</source>
        <translation>Startseite</translation>
    </message>
    <message>
        <source>What should be read?</source>
        <translation>Was soll gelesen werden?</translation>
    </message>
    <message>
        <source>Every sentence of a report carries its place in the text, and every place is checked byte for byte. Nothing leaves this computer until you have seen where it goes and what it costs.</source>
        <translation>Jeder Satz eines Berichts trägt seine Stelle im Text, und jede Stelle ist Byte für Byte geprüft. Nichts verlässt diesen Rechner, bevor Sie gesehen haben, wohin es geht und was es kostet.</translation>
    </message>
    <message>
        <source>Folder or repository</source>
        <translation>Ordner oder Repositorium</translation>
    </message>
    <message>
        <source>Code and documents, with rules for what stays out</source>
        <translation>Code und Dokumente, mit Regeln für das, was draußen bleibt</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>Dokumente</translation>
    </message>
    <message>
        <source>PDF files and texts, page by page</source>
        <translation>PDF-Dateien und Texte, Seite für Seite</translation>
    </message>
    <message>
        <source>Saved session</source>
        <translation>Gesicherte Sitzung</translation>
    </message>
    <message>
        <source>Go on where a run was left</source>
        <translation>Weitermachen, wo ein Lauf verlassen wurde</translation>
    </message>
    <message>
        <source>Bundled sample</source>
        <translation>Mitgeliefertes Beispiel</translation>
    </message>
    <message>
        <source>A small program and a contract with planted faults</source>
        <translation>Ein kleines Programm und ein Vertrag mit eingebauten Fehlern</translation>
    </message>
    <message>
        <source>&amp;Recent sessions</source>
        <translation>&amp;Letzte Sitzungen</translation>
    </message>
    <message>
        <source>Recent sessions</source>
        <translation>Letzte Sitzungen</translation>
    </message>
    <message>
        <source>%1, %2 files, %3 ago</source>
        <translation>%1, %2 Dateien, vor %3</translation>
    </message>
    <message>
        <source>no run yet</source>
        <translation>noch kein Lauf</translation>
    </message>
    <message>
        <source>None yet: open something above</source>
        <translation>Noch keine: Öffnen Sie oben etwas</translation>
    </message>
</context>
<context>
    <name>ui::StepTimeline</name>
    <message>
        <source>Timeline of the run</source>
        <translation>Zeitleiste des Laufs</translation>
    </message>
    <message>
        <source>, %1 of %2 tokens, %3 cached</source>
        <translation>, %1 von %2 Tokens, %3 zwischengespeichert</translation>
    </message>
    <message>
        <source>, %1 of %2</source>
        <translation>, %1 von %2</translation>
    </message>
    <message>
        <source>, failed</source>
        <translation>, misslungen</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>Noch kein Lauf</translation>
    </message>
    <message>
        <source>still going</source>
        <translation>läuft noch</translation>
    </message>
</context>
<context>
    <name>ui::SummaryPanel</name>
    <message>
        <source>Summary of the report</source>
        <translation>Zusammenfassung des Berichts</translation>
    </message>
    <message>
        <source>No report yet: start a review, a summary or a question.</source>
        <translation>Noch kein Bericht: Starten Sie eine Prüfung, eine Zusammenfassung oder eine Frage.</translation>
    </message>
    <message>
        <source>Incomplete. </source>
        <translation>Unvollständig. </translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>Nicht gelesen</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Hinweise</translation>
    </message>
</context>
<context>
    <name>ui::ThumbnailModel</name>
    <message>
        <source>Page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message numerus="yes">
        <source>Page %1, %n mark(s)</source>
        <translation>
            <numerusform>Seite %1, %n Markierung</numerusform>
            <numerusform>Seite %1, %n Markierungen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TokenMeter</name>
    <message>
        <source>Context budget</source>
        <translation>Kontextbudget</translation>
    </message>
    <message>
        <source>%1 of %2 usable tokens: over by %3</source>
        <translation>%1 von %2 nutzbaren Tokens: %3 zu viel</translation>
    </message>
    <message>
        <source>%1 of %2 usable tokens</source>
        <translation>%1 von %2 nutzbaren Tokens</translation>
    </message>
    <message>
        <source>(estimated)</source>
        <translation>(geschätzt)</translation>
    </message>
    <message>
        <source>Window %1, the rest is kept free for answers</source>
        <translation>Fenster %1, der Rest bleibt für Antworten frei</translation>
    </message>
</context>
<context>
    <name>ui::Treemap</name>
    <message>
        <source>Treemap of tokens</source>
        <translation>Kachelkarte der Tokens</translation>
    </message>
    <message>
        <source>%1: %2 tokens</source>
        <translation>%1: %2 Tokens</translation>
    </message>
    <message>
        <source>, read in full</source>
        <translation>, ganz gelesen</translation>
    </message>
    <message>
        <source>, signatures only</source>
        <translation>, nur Signaturen</translation>
    </message>
    <message>
        <source>, over budget</source>
        <translation>, über dem Budget</translation>
    </message>
    <message>
        <source>; rule: %1</source>
        <translation>; Regel: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n entries</source>
        <translation>
            <numerusform>%n Eintrag</numerusform>
            <numerusform>%n Einträge</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n findings</source>
        <translation>
            <numerusform>%n Befund</numerusform>
            <numerusform>%n Befunde</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was read yet</source>
        <translation>Noch wurde nichts gelesen</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
</context>
</TS>
