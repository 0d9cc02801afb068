# Written from the command table; tst_command_line compares.
_lectern() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word
    local commands="ingest cost plan sessions prices"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ " $commands " == *" $word "* ]] && { command=$word; break; }
    done
    COMPREPLY=()
    case "$command $previous" in
        "cost --goal") COMPREPLY=($(compgen -W "review security drift contradictions summary ask" -- "$current")); return ;;
        "plan --goal") COMPREPLY=($(compgen -W "review security drift contradictions summary ask" -- "$current")); return ;;
        *" --ocr") COMPREPLY=($(compgen -W "off missing" -- "$current")); return ;;
        *" --secrets") COMPREPLY=($(compgen -W "block mask allow" -- "$current")); return ;;
        *" --profile") COMPREPLY=($(compgen -W "code legal mixed" -- "$current")); return ;;
        *" --effort") COMPREPLY=($(compgen -W "low high max" -- "$current")); return ;;
        *" --thinking") COMPREPLY=($(compgen -W "on off" -- "$current")); return ;;
        *" --color") COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
        "sessions sessions") COMPREPLY=($(compgen -W "list show check rename delete" -- "$current")); return ;;
        "prices prices") COMPREPLY=($(compgen -W "list check import" -- "$current")); return ;;
    esac
    if [[ $current == -* ]]; then
        case $command in
            ingest) COMPREPLY=($(compgen -W "--list --why --treemap --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            cost) COMPREPLY=($(compgen -W "--goal --calls --at --compare --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            plan) COMPREPLY=($(compgen -W "--goal --out --rev --include --exclude --structure --no-ignore --submodules --max-file --ocr --ocr-lang --secrets --window --reserve --profile --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
            sessions) COMPREPLY=($(compgen -W "--older --session --json --events --engine --effort --thinking --budget --max-minutes --max-output --yes --offline --resume --lang --report-lang --color --quiet --verbose --help --version" -- "$current")) ;;
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
