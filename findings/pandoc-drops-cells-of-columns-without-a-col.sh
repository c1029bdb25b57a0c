#!/bin/sh
# pandoc drops the cells of every column for which a table has no <col>. HTML asks for no <col> at all, and for no more of
# them than one has something to say about: a table with one <col> and two columns is valid, and browsers show both. Of
# such a table pandoc keeps the first column alone, as gfm and as plain text, with exit code 0 and nothing on standard error.
# Without the <col> the same table is whole. GTK-Doc's pages are written like this: names stay, and what is said of them goes.
#
# Seen with pandoc 3.9 (pypandoc_binary 1.17 on Linux), and as gfm with 2.17.1.1 (Debian 12); the output of 3.9 was
#
#     one col, as gfm:
#     |      |
#     |------|
#     | URI  |
#     | base |
#     one col, as plain text: URI base
#     no col, as plain text: URI the address base where it begins
#     standard error: 0 bytes
#
# Patchcord reads pages by HTML's own table model and keeps the four cells. Fails if this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check pypandoc_binary==1.17
pandoc=$("$place/env/bin/python" -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
cat > "$place/col.html" <<'HTML'
<table><col align="left"><tbody>
<tr><td>URI</td><td>the address</td></tr>
<tr><td>base</td><td>where it begins</td></tr>
</tbody></table>
HTML
sed 's/<col align="left">//' "$place/col.html" > "$place/none.html"
words() { "$pandoc" -f html -t plain "$1" 2>> "$place/err" | tr -s ' \n-' ' ' | sed 's/^ //; s/ $//'; }
: > "$place/err"
{
    echo "one col, as gfm:"
    "$pandoc" -f html -t gfm "$place/col.html" 2>> "$place/err"
    echo "one col, as plain text: $(words "$place/col.html")"
    echo "no col, as plain text: $(words "$place/none.html")"
    echo "standard error: $(wc -c < "$place/err" | tr -d ' ') bytes"
} > "$place/out"
cat "$place/out"
cat > "$place/seen" <<'SEEN'
one col, as gfm:
|      |
|------|
| URI  |
| base |
one col, as plain text: URI base
no col, as plain text: URI the address base where it begins
standard error: 0 bytes
SEEN
diff "$place/seen" "$place/out"
