
# Values with blanks, such as "POST /orders". A word whose quote is still open is
# completed as one with backslashes. What several values have in common is
# inserted by bash as it stands, so that it must be quoted before.
__apisqs-doctor_words()
{
    local word=${COMP_WORDS[COMP_CWORD]-} plain= open=
    if [[ $COMP_LINE == *"$word" && $COMP_POINT -eq ${#COMP_LINE} && ( $word == \"* || $word == \'* ) ]]; then
        open=${word:0:1}
        [[ $word == "$open" ]] || printf -v plain %q "${word:1}"
        COMP_WORDS[COMP_CWORD]=$plain
        COMP_LINE=${COMP_LINE%"$word"}$plain
        COMP_POINT=${#COMP_LINE}
    fi

    __start_apisqs-doctor "$@"

    # Names of files are quoted by bash itself, and a list that is only shown needs no quotes.
    if ((${#COMPREPLY[@]} == 0)) || [[ $(compopt 2>/dev/null) == *"-o filenames"* || ${COMP_TYPE-} == 63 ]]; then
        return
    fi
    if [[ $open ]]; then
        ((${#COMPREPLY[@]} > 1)) || COMPREPLY=("${COMPREPLY[0]//\\/}")
        return
    fi
    ((${#COMPREPLY[@]} > 1)) || return 0
    local common=${COMPREPLY[0]} quoted reply i
    for reply in "${COMPREPLY[@]}"; do
        while [[ $reply != "$common"* ]]; do
            common=${common%?}
        done
    done
    if [[ $common ]]; then
        printf -v quoted %q "$common"
        for i in "${!COMPREPLY[@]}"; do
            COMPREPLY[i]=$quoted${COMPREPLY[i]#"$common"}
        done
    fi
}

if [[ $(type -t compopt) == builtin ]]; then
    complete -o default -F __apisqs-doctor_words apisqs-doctor
fi
