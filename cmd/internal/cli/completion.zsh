
# A word whose quote is still open, such as "POST /ord, is completed as if it were closed.
__apisqs-doctor_words()
{
    local -a words=("${words[@]}")
    if [[ ${words[CURRENT]} == [\"\']* ]]; then
        words[CURRENT]+=${words[CURRENT][1]}
    fi
    _apisqs-doctor
}
compdef __apisqs-doctor_words apisqs-doctor
