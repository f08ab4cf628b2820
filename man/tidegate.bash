# Completion of the tidegate command for bash. The words come from the program's own --help, so that
# this file knows no command and no option.
_tidegate() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} help
  if [ "$COMP_CWORD" = 1 ]; then
    help=$("${COMP_WORDS[0]}" --help 2>/dev/null |
      sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
    mapfile -t COMPREPLY < <(compgen -W "$help --help --version" -- "$word")
  elif [[ $word == -* ]]; then
    help=$("${COMP_WORDS[0]}" "$command" --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)
    mapfile -t COMPREPLY < <(compgen -W "$help" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _tidegate tidegate
