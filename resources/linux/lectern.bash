# Written from the command table; tst_command_line compares.
_lectern() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word
    local commands="ingest cost plan review summarize ask triage verify export sessions snapshots engine prices"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ " $commands " == *" $word "* ]] && { command=$word; break; }
    done
    COMPREPLY=()
    case "$command $previous" in
        "cost --goal") COMPREPLY=($(compgen -W "review security drift contradictions summary ask" -- "$current")); return ;;
        "plan --goal") COMPREPLY=($(compgen -W "review security drift contradictions summary ask" -- "$current")); return ;;
        "review --goal") COMPREPLY=($(compgen -W "review security drift contradictions" -- "$current")); return ;;
        "review --run-tools") COMPREPLY=($(compgen -W "cppcheck shellcheck flawfinder" -- "$current")); return ;;
        "review --fail-on") COMPREPLY=($(compgen -W "note low medium high critical never" -- "$current")); return ;;
        "summarize --length") COMPREPLY=($(compgen -W "short page long" -- "$current")); return ;;
        "summarize --by") COMPREPLY=($(compgen -W "all folder document section" -- "$current")); return ;;
        "triage --state") COMPREPLY=($(compgen -W "open uncertain rejected dismissed fixed" -- "$current")); return ;;
        "triage --scope") COMPREPLY=($(compgen -W "this rule-here everywhere" -- "$current")); return ;;
        "export --format") COMPREPLY=($(compgen -W "html markdown md json sarif csv pdf junit code-quality" -- "$current")); return ;;
        "export --sections") COMPREPLY=($(compgen -W "summary answer findings coverage manifest log cost" -- "$current")); return ;;
        "export --severity") COMPREPLY=($(compgen -W "note low medium high critical" -- "$current")); return ;;
        *" --ocr") COMPREPLY=($(compgen -W "off missing" -- "$current")); return ;;
        *" --secrets") COMPREPLY=($(compgen -W "block mask allow" -- "$current")); return ;;
        *" --profile") COMPREPLY=($(compgen -W "code legal mixed" -- "$current")); return ;;
        *" --effort") COMPREPLY=($(compgen -W "low high max" -- "$current")); return ;;
        *" --thinking") COMPREPLY=($(compgen -W "on off" -- "$current")); return ;;
        *" --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
        "sessions sessions") COMPREPLY=($(compgen -W "list show check rename delete" -- "$current")); return ;;
        "snapshots snapshots") COMPREPLY=($(compgen -W "list show warm drop prune" -- "$current")); return ;;
        "engine engine") COMPREPLY=($(compgen -W "list info test bench complete logits tokenize" -- "$current")); return ;;
        "prices prices") COMPREPLY=($(compgen -W "list check import" -- "$current")); return ;;
    esac
    if [[ $current == -* ]]; then
        case $command in
            ingest) COMPREPLY=($(compgen -W "--list --why --treemap --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            cost) COMPREPLY=($(compgen -W "--goal --calls --at --compare --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            plan) COMPREPLY=($(compgen -W "--goal --out --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            review) COMPREPLY=($(compgen -W "--goal --range --plan --rules --passes --strict --witness --run-tools --trust --extractive --fail-on --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            summarize) COMPREPLY=($(compgen -W "--length --by --extractive --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            ask) COMPREPLY=($(compgen -W "--scope --exhaustive --follow --extractive --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            triage) COMPREPLY=($(compgen -W "--state --reason --scope --import --export --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            verify) COMPREPLY=($(compgen -W "--corpus --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            export) COMPREPLY=($(compgen -W "--run --format --out --sections --severity --rejected --excerpts --redact --extractive --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            sessions) COMPREPLY=($(compgen -W "--older --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            snapshots) COMPREPLY=($(compgen -W "--keep --name --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            engine) COMPREPLY=($(compgen -W "--tokens --jobs --out --device --chunk --decode --hidden --no-qat --model --no-special --depths --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            prices) COMPREPLY=($(compgen -W "--on --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            *) COMPREPLY=($(compgen -W "--session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
        esac
    elif [[ -z $command ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
    else
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
complete -F _lectern lectern
