# Completion of the tidegate command for bash. The words come from the program's own --help, so that
# this file knows no command and no option.
_tidegate() {
  local word=${COMP_WORDS[COMP_CWORD]} depth=$((COMP_CWORD > 2 ? 2 : COMP_CWORD - 1)) help words=()
  # The command, and the second word that may be one of its own: "pack install".
  local commands=("${COMP_WORDS[@]:1:depth}")
  help=$("${COMP_WORDS[0]}" "${commands[@]}" --help 2>/dev/null) ||
    help=$("${COMP_WORDS[0]}" "${commands[0]}" --help 2>/dev/null)
  if [[ $word == -* ]]; then
    mapfile -t words < <(grep -o -- '--[a-z][a-z-]*' <<<"$help" | sort -u)
  elif [ "$COMP_CWORD" -le 2 ]; then
    mapfile -t words < <(sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")
  fi
  if [ ${#words[@]} -gt 0 ]; then
    mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _tidegate tidegate
