#!/bin/sh
# python-frontmatter takes the blanks off both ends of a page's text, so a page that begins with an indented code block
# loses the indentation of the block's first line alone: that line stops being code, and the block begins one line late.
# It happens on reading, and it happens to pages without any front matter too; writing the page back then makes it last.
# A folder of pages that such a tool has gone over differs from what was written in it, though nobody edited anything.
#
# Seen with python-frontmatter 1.1.0 (PyYAML 6.0.2), Python 3.13; the output was
#
#     with front matter:    'code one\n    code two'
#     without front matter: 'code one\n    code two\n\ntext'
#     written back:         '---\ntitle: x\n---\n\ncode one\n    code two'
#
# Patchcord reads and writes pages to the byte, front matter included. Fails if this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check python-frontmatter==1.1.0 PyYAML==6.0.2
cat > "$place/try.py" <<'PY'
import frontmatter

page = "---\ntitle: x\n---\n\n    code one\n    code two\n"
plain = "    code one\n    code two\n\ntext\n"
post = frontmatter.loads(page)
print("with front matter:   ", repr(post.content))
print("without front matter:", repr(frontmatter.loads(plain).content))
print("written back:        ", repr(frontmatter.dumps(post)))
PY
"$place/env/bin/python" "$place/try.py" > "$place/out"
cat "$place/out"
cat > "$place/seen" <<'SEEN'
with front matter:    'code one\n    code two'
without front matter: 'code one\n    code two\n\ntext'
written back:         '---\ntitle: x\n---\n\ncode one\n    code two'
SEEN
diff "$place/seen" "$place/out"
