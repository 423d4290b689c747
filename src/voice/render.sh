#!/bin/sh
# Renders the default voice pack: render.sh HALLCALL FOLDER
#
# espeak-ng (Debian's) says each clip, hallcall cuts and levels it. Of the Chinese voices of espeak-ng 1.51 only the
# one that reads pinyin speaks; letters are said by the English one. Without espeak-ng nothing is made: the program
# then serves without a voice, and says so.
set -eu
hallcall=$1
folder=$2
if ! command -v espeak-ng >/dev/null 2>&1; then
    echo "espeak-ng is not installed: no default voice pack is made (apt install espeak-ng, then make)"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/zh-CN" "$folder/en"
"$hallcall" voice list >"$work/list"
tab=$(printf '\t')
while IFS=$tab read -r lang name text say; do
    voice=en
    if [ "$lang" = zh-CN ] && [ "$text" != "$say" ]; then
        voice=cmn-latn-pinyin
    fi
    espeak-ng -v "$voice" -s 150 -w "$work/raw.wav" "$say"
    "$hallcall" voice clip "$work/raw.wav" "$folder/$lang/$name.wav"
done <"$work/list"
"$hallcall" voice chime "$folder/chime.wav"
touch "$folder/made"
