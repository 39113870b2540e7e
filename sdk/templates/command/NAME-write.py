"""Writes record jars; reads a document of dragoman a line on standard input. What it leaves out, its manifest says."""
import json
import re
import sys


def words(node):
    return node if isinstance(node, str) else ''.join(map(words, node.get('content', ())))


for line in sys.stdin.buffer:
    document = json.loads(line)
    meta = document['meta']
    fields = [('id', document['id']), ('subject', meta.get('subject')), ('date', meta.get('date_text')), ('from', meta.get('from', {}).get('name'))]
    fields += [('to', to.get('name')) for to in meta.get('to', ())] + [('', text) for text in meta.get('x_@NAME@', ())]
    print('%%\n' + '\n'.join((name and name + ': ') + re.sub(r'\s+', ' ', value) for name, value in fields if value))
    for text in (re.sub(r'[ \t\r\n]+', ' ', words(part)) for part in document['body']):
        lost = text in ('', '%%')
        print('loss @NAME@.loss: a paragraph that is empty or a mark' if lost else '\n' + text, file=sys.stderr if lost else sys.stdout)
