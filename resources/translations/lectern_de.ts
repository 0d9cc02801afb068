<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>keys</name>
    <message>
        <source>Keyboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings: next and previous row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings: accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings: dismiss, with a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings: undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings: show the evidence. Treemap: leave out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evidence: next and previous step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evidence: back and forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Treemap and timeline: move</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Treemap: into the folder, or show the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Treemap: out again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui</name>
    <message>
        <source>under 1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown price</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Medium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>High</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counting tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for secrets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluating the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Examining</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deciding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reporting</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::AskPanel</name>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only in these paths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searches made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What do you want to know? &quot;Quoted words&quot; are counted exactly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>everything; for example src/**</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Only in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without an engine the answer is passages and exact counts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every sentence of the answer shows where it stands; one that no passage supports is grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2): %3 hits</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::BusyLine</name>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping; what was done is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>  %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::CommandPalette</name>
    <message>
        <source>All actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of an action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type what you want to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Actions</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::CostCurve</name>
    <message>
        <source>Costs over calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No call was made</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n calls</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>No call was made: checks, search and extractive summaries cost nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>forecast</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::CostPanel</name>
    <message>
        <source>Calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it would have cost elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same tokens on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prices of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 B left this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 were sent to %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No call of a model was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n calls</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 tokens not cached, %2 cached, %3 output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 spent; the forecast said %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Desk</name>
    <message>
        <source>Saving the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing will be kept: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was read yet: open a folder, a repository or documents first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 names no place in what was read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::EnginePanel</name>
    <message>
        <source>2: reviewer; writes findings and answers, each checked against the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1: reader; points at places and words single lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0: nothing proved; checks, search and extractive summaries by code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open and look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Test the endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Locate weights…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without an engine Lectern checks, searches and summarises by itself. The built-in model runs on this computer and sends nothing. A folder with DeepSeek-V4 weights (config.json and safetensors, or a GGUF file) is used where it lies. A served model is set up in the settings: its address, its name, and where its key is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No engine: level 0, checks, search and extractive summaries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leaves this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>variable %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer; no byte leaves it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Price row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Demonstration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every generated sentence carries a badge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking %1 for its models; nothing of the text is sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>window %1 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its window is not said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 answers and serves the model; %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 answers, but does not list the model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::ExportDialog</name>
    <message>
        <source>Export the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest severity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected and dismissed ones &amp;too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rejected and dismissed ones too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines around a quote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words to take out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>words to take out, one a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lowest se&amp;verity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lines around a quote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Costs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Take out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no report yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A PDF holds the same words, laid out on pages.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report is written to %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::IntakePanel</name>
    <message>
        <source>Zoom &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Leave out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour of the treemap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour by type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour by volatility</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour by coverage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour by findings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out what is chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists of the intake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What could be left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As a table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading was stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter reads this file although the rule leaves it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter leaves these files out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposals (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter takes this rule back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your rules (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Lectern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Intake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Costs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the notice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Panels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Float %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 – Lectern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The budget is reached; everything is kept. Raise it in the plan and resume, or leave it at this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped; what was done is kept. Resume goes on with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(estimated)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sent %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>level %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Lectern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The auditable reader. Every sentence of a report shows where it stands in the text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before anything is sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of text would be sent to %2 (model %3) for %4. Send it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Do not send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder or repository</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the weights lie</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Documents (*.pdf *.txt *.md *.html *.rst);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sessions (*.lectern)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::PlanPanel</name>
    <message>
        <source>No sentence that a model &amp;worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;dd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strictness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length of the summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No sentence that a model worded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the unfinished run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review: security</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review: documents against code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review: contradictions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0: uncertain ones too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1: the likelier ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2: open ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3: strong ones only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none; for example 1.50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A question of your own, asked beside the others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Money</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forecast for every engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tariff</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prices of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Goal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;trictness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Questions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forecast, side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount: write for example 1.50, or leave it empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None: checks, search and extractive summaries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Built in: the small model in this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>built in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (window too small)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n questions</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n calls of a model</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run is going on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run of %1 is unfinished: resume it, or start anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The text does not fit the window: %1 tokens would stay unread by a model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level 0: checks, search and extractive summaries; no model reads the text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::RunPanel</name>
    <message>
        <source>No run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Timeline of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping; what was done is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary is being made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Review is going on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text in the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens evaluated, %2 from the cache, %3 to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 tokens a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, about %1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Complete after %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped after %1; what was done is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The budget is reached: raise it in the plan and resume, or leave it at this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::SentenceView</name>
    <message>
        <source>generated, supported</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generated, no passage supports this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>generated, support unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more places</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SessionsPanel</name>
    <message>
        <source>Search sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Latest run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Age</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs of this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This run has no report: it was not finished.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the report</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups of settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Engines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Limits and privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OK</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A served model: its address, the model&apos;s name there, and where the key is: the name of an environment variable, or a file that only you can read. The key itself is never stored by Lectern.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key variable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Price row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove endpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>high</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>max</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model may &amp;think first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model may think first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;ffort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Budget of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none; for example 1.50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens of one answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the engine&apos;s limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the window kept free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Offline: open no socket</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offline: open no socket</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text that looks like a secret</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>block before sending, allow in the built-in engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>always block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>overwrite with stars</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>allow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hosts confirmed so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Budget of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Minutes of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Tokens of one answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Window kept free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Secrets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirmed &amp;hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> kB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most pages of a PDF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages without text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave them, and say so</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recognise them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Languages of recognition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest &amp;text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most &amp;pages of a PDF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages without te&amp;xt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Languages of recognition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>high contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reduced motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduced motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another language shows after the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no amount: write for example 1.50, or leave it empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::StartPage</name>
    <message>
        <source>Start page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What should be read?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every sentence of a report carries its place in the text, and every place is checked byte for byte. Nothing leaves this computer until you have seen where it goes and what it costs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder or repository</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code and documents, with rules for what stays out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Documents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF files and texts, page by page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on where a run was left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bundled sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A small program and a contract with planted faults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Recent sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2 files, %3 ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None yet: open something above</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::StepTimeline</name>
    <message>
        <source>Timeline of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 of %2 tokens, %3 cached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::SummaryPanel</name>
    <message>
        <source>Summary of the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No report yet: start a review, a summary or a question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Incomplete. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::TokenMeter</name>
    <message>
        <source>Context budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 usable tokens: over by %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 usable tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(estimated)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Window %1, the rest is kept free for answers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ui::Treemap</name>
    <message>
        <source>Treemap of tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, read in full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, signatures only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, over budget</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; rule: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n entries</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n findings</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was read yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
