"""Reads record jars on standard input; writes a document of dragoman a line (docs/formats/json.md)."""
import hashlib, json, re, sys

before, *records = re.split(rb'(?m)^(?=%%$)', sys.stdin.buffer.read())
if before.strip():
    sys.exit('error @NAME@.no-mark: a record begins with a line %%')
for record in records:
    heading, _, body = record.decode('utf-8').partition('\n\n')
    fields = [line.partition(': ') for line in heading.rstrip('\n').split('\n')[1:]]
    first = {name: value for name, _, value in reversed(fields) if value and name in ('id', 'subject', 'date', 'from')}
    others = [''.join(f) for f in fields if not f[2] or f[0] not in first and f[0] != 'to' or f[0] in first and first[f[0]] != f[2]]
    meta = {'subject': first.get('subject'), 'date_text': first.get('date'), 'from': 'from' in first and {'name': first['from']},
            'to': [{'name': value} for name, _, value in fields if name == 'to' and value], 'x_@NAME@': others}
    print(json.dumps({'format': 'dragoman.document', 'version': 1, 'id': first['id'], 'kind': 'cable',
                      'meta': {name: value for name, value in meta.items() if value},
                      'body': [{'type': 'p', 'content': [p.strip('\n')]} for p in body.split('\n\n') if p.strip('\n')],
                      'source': {'media_type': 'text/x-@NAME@', 'charset': 'utf-8', 'text': record.decode('utf-8'), 'size': len(record),
                                 'sha256': hashlib.sha256(record).hexdigest()}}))
