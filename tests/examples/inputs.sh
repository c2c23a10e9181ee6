#!/usr/bin/env bash
# inputs.sh DETECT PREDICT STORE BAD_INPUT FOLDER: what photos and names a command line may meet: photos are known by their content, what is passed
# over is named, names need not be UTF-8 or short, memory and disk may be at their end.
set -u
detect=$1 predict=$2 store=$3 make=$4 folder=$5
"$make" "$folder" || exit 1
cd "$folder" || exit 1
weights=(--model weights.safetensors --threads 1)
wrong=0
complain() { echo "$1" >&2; wrong=1; }
expect() { grep -qF -- "$1" messages || complain "no message like: $1"; }
status_is() { [ "$1" -eq "$2" ] || complain "$3: status $1, expected $2"; }
lines_are() { [ "$(wc -l < lines)" -eq "$1" ] || complain "$(wc -l < lines) lines, expected $1"; }
clean() { if LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$1"; then complain "$1 commands the terminal"; fi; }

# Photos by their content, whatever they are called; other files are named and harm nothing.
mkdir only
for name in a.jfif b.jpe c.webp d.png_large IMG_0001; do cp photos/good.png "only/$name"; done
echo hello > only/notes.txt
"$detect" "${weights[@]}" --json only > lines 2> messages
status_is $? 0 "photos and a text"
lines_are 5
expect '1 file that is no image: only/notes.txt'

# What might have been meant and is not read changes the status; a loop ends.
mkdir mixed mixed/closed
cp photos/good.png mixed/a.png
printf 'GIF89a\x01\x00' > mixed/b
printf 'RIFF\x00\x00\x00\x00WEBPVP8 ' > mixed/c.webp
: > mixed/empty.jfif
ln -s . mixed/loop
ln -s nowhere mixed/broken
mkfifo mixed/pipe
timeout 60 "$detect" "${weights[@]}" --json mixed > lines 2> messages
status_is $? 1 "links and other images"
lines_are 1
expect 'mixed/b: '
expect 'mixed/c.webp: '
expect 'mixed/empty.jfif: the file is empty'
expect 'mixed/loop: a link to a folder, which is not followed'
expect 'mixed/broken: a link to nothing'
expect 'mixed/pipe: neither a file nor a folder'
if [ "$(id -u)" -ne 0 ]; then # root may open every folder
    chmod 000 mixed/closed
    "$detect" "${weights[@]}" mixed/a.png mixed 2> messages > /dev/null
    expect 'mixed/closed: Permission denied'
    chmod 755 mixed/closed
fi

# Names that are not UTF-8, hold line ends or command a terminal.
mkdir names
for name in $'Andr\xe9.png' $'two\nlines.png' $'quo"te.png' $'red\x1b[31m.png'; do cp photos/good.png "names/$name"; done
for program in detect predict; do
    inputs=(names)
    [ $program = detect ] || inputs=(names/*)
    "${!program}" "${weights[@]}" --json "${inputs[@]}" > lines 2> messages
    status_is $? 0 "$program, odd names as JSON"
    lines_are 4
    iconv -f UTF-8 -t UTF-8 lines > /dev/null || complain "$program: JSON that is not UTF-8"
    grep -qF 'two\nlines.png' lines || complain "$program: no line for two\\nlines.png"
    "${!program}" "${weights[@]}" "${inputs[@]}" > lines 2> messages || complain "$program, odd names as text"
    grep -qF 'Andr\xe9.png' lines || complain "$program: the name is not shown"
    clean lines
    "${!program}" "${weights[@]}" $'no\x1b[2J.png' > lines 2> messages
    status_is $? 1 "$program, a photo that is not there"
    expect 'no\x1b[2J.png: no such file'
    clean messages
done

# Names as long as the file system takes them, and two that are equal when they are cut.
mkdir long
x=$(printf 'x%.0s' $(seq 250))
cp photos/good.png "long/${x}.png"
cp photos/good.png "long/${x}.jpe"
cp photos/good.png "long/$(printf '写%.0s' $(seq 83)).png"
cp photos/good.png "long/$(printf 'y%.0s' $(seq 236)).png"
"$detect" "${weights[@]}" --out long_drawn long > lines 2> messages
status_is $? 0 "long names"
[ "$(find long_drawn -name '*.png' | wc -l)" -eq 4 ] || complain "expected a picture for each of 4 long names"

# Memory that does not suffice for one photo; the limit is the least of a few that lets the program run, so a sanitizer leaves this out.
for megabytes in 100 150 200 250 300 400 500; do
    (ulimit -v $((megabytes * 1024)) && "$detect" "${weights[@]}" --json photos/good.png) > /dev/null 2>&1 || continue
    (ulimit -v $((megabytes * 1024)) && "$detect" "${weights[@]}" --json photos/good.png large.png photos/good.png) > lines 2> messages
    status_is $? 1 "a photo for which there is no memory"
    lines_are 2
    expect 'large.png: '
    expect 'memory'
    break
done

# A full disk.
if [ -w /dev/full ]; then
    full() {
        timeout 60 "$@" > /dev/full 2> messages
        status_is $? 1 "$1 on a full disk"
        expect 'standard output: cannot be written (No space left on device)'
    }
    full "$detect" "${weights[@]}" --json photos/good.png
    full "$detect" "${weights[@]}" photos/good.png
    full "$predict" "${weights[@]}" photos/good.png
    for program in "$detect" "$predict" "$store"; do full "$program" --help; done
    full "$store" --model weights.safetensors --out stored.safetensors
fi
[ $wrong -eq 0 ] || sed 's/^/said: /' messages >&2
exit $wrong
