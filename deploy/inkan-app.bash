# bash completion for inkan-app(1). The program itself says what it takes, so that this file cannot fall behind it.

_inkan_app_words() { LC_ALL=en "$1" "${@:2}" --help 2>/dev/null; }

_inkan_app() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == [a-z]* ]] && { verb=$word && break; }
  done
  case $before in
    --lang) mapfile -t COMPREPLY < <(compgen -W 'ja en' -- "$current") && return ;;
    --store) mapfile -t COMPREPLY < <(compgen -W 'nss: p12: pkcs11:' -- "$current") && compopt -o nospace && return ;;
    --trust | --*-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") && compopt -o filenames && return ;;
    --server | --login-id | --serial | --proxy) return ;;
    help) mapfile -t COMPREPLY < <(compgen -W exit-codes -- "$current") && return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_inkan_app_words "$1" ${verb:+"$verb"} | grep -oE -- '--[a-z-]+' | sort -u)" -- "$current")
  elif [[ -z $verb ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_inkan_app_words "$1" | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')" -- "$current")
  fi
}
complete -F _inkan_app inkan-app
