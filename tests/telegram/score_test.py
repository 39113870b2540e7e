#!/usr/bin/env python3
"""Tests of score.py: that it finds what is right, and above all what is wrong."""
import contextlib
import copy
import hashlib
import io
import json
import os
import stat
import tempfile
import unittest

import score

TRUTH = {
    'file': 'cables/1.txt', 'id': '09QUILMAR123', 'dirty': [], 'subject': 'HARBOR DUES', 'date': '2009-12-09T14:30:00Z', 'from': 'AMEMBASSY QUILMAR',
    'to': [{'route': 'RUEHC', 'name': 'SECSTATE WASHDC', 'precedence': None, 'number': '0092'}], 'info': [], 'classification': 'CONFIDENTIAL',
    'captions': ['SIPDIS'], 'tags': ['PREL', 'PGOV', 'QX'], 'refs': [{'label': 'A', 'text': 'STATE 12', 'id': '09STATE12'}],
    'classified_by': {'title': 'DCM', 'name': 'Maren Oldcastle', 'reason': '1.4 (d)'}, 'paragraphs': 2, 'paragraph_numbers': ['1', '2'],
    'marks': ['C', None], 'texts': ['The dues stay.', 'They rise.'], 'headings': ['The Offer'], 'items': 1, 'signature': 'HALVERN',
}
DOCUMENT = {
    'format': 'dragoman.document', 'id': '09QUILMAR123',
    'meta': {
        'subject': 'HARBOR DUES', 'date': '2009-12-09T14:30:00Z', 'from': {'name': 'AMEMBASSY QUILMAR'},
        'to': [{'route': 'RUEHC', 'name': 'SECSTATE WASHDC', 'number': '0092'}], 'classification': 'CONFIDENTIAL', 'captions': ['SIPDIS'],
        'tags': ['PREL', 'PGOV', 'QX'], 'refs': [{'label': 'A', 'text': 'STATE 12', 'id': '09STATE12'}],
        'classified_by': {'title': 'DCM', 'name': 'Maren Oldcastle', 'reason': '1.4 (d)'}, 'signature': 'HALVERN',
    },
    'body': [
        {'type': 'p', 'attrs': {'n': '1'}, 'content': [
            {'type': 'label', 'content': ['1. ']},
            {'type': 'seg', 'attrs': {'type': 'portion', 'subtype': 'CONFIDENTIAL'}, 'content': ['(C) ']}, 'The dues\n',
            {'type': 'fw', 'attrs': {'type': 'header'}, 'content': ['QUILMAR 00000123 002 OF 002']}, 'stay.']},
        {'type': 'div', 'attrs': {'type': 'section'}, 'content': [
            {'type': 'head', 'content': ['The Offer']},
            {'type': 'p', 'attrs': {'n': '2'}, 'content': [{'type': 'label', 'content': ['2. ']}, 'They rise.']},
            {'type': 'list', 'content': [{'type': 'label', 'content': ['-']}, {'type': 'item', 'content': ['slowly']}]}]},
    ],
}


def compare(truth=TRUTH, document=DOCUMENT):
    result = score.Result()
    result.compare(truth, document)
    return result


def changed(record, **fields):
    out = copy.deepcopy(record)
    out.update(fields)
    return out


class Fields(unittest.TestCase):
    def test_what_is_right_has_no_misses(self):
        result = compare()
        self.assertEqual(result.misses, [])
        self.assertEqual({s.f1 for s in result.scores.values()}, {100.0})
        self.assertEqual(result.scores['tags'].right, 3)

    def test_each_field_that_is_wrong_is_found(self):
        wrong = {
            'id': {'id': '09QUILMAR124'}, 'subject': {'subject': 'HARBOR DUE'}, 'date': {'date': '2009-12-09T14:31:00Z'}, 'from': {'from': 'AMEMBASSY QUILMA'},
            'to': {'to': []}, 'info': {'info': TRUTH['to']}, 'classification': {'classification': 'SECRET'}, 'captions': {'captions': []},
            'tags': {'tags': ['PREL', 'QX']}, 'refs': {'refs': [{'label': 'B', 'text': 'STATE 12', 'id': '09STATE12'}]},
            'ref_ids': {'refs': [{'label': 'A', 'text': 'STATE 12', 'id': '08STATE12'}]}, 'paragraphs': {'paragraphs': 3},
            'paragraph_numbers': {'paragraph_numbers': ['1', '3']}, 'marks': {'marks': ['C', 'C']}, 'texts': {'texts': ['The dues stay.', 'They fall.']},
            'headings': {'headings': []}, 'items': {'items': 2}, 'signature': {'signature': None}, 'declassify': {'declassify': '2019-12-09'},
            'classified_by.name': {'classified_by': {'title': 'DCM', 'name': 'Oldcastle', 'reason': '1.4 (d)'}},
        }
        for field, fields in wrong.items():
            with self.subTest(field):
                misses = {m.field for m in compare(changed(TRUTH, **fields)).misses}
                self.assertEqual(misses, {field})

    def test_values_of_lists_count_one_by_one(self):
        document = copy.deepcopy(DOCUMENT)
        document['meta']['tags'] = ['PREL', 'ETRD', 'PGOV', 'XL']
        s = compare(document=document).scores['tags']
        self.assertEqual((s.right, s.found, s.there, s.wrong), (2, 4, 3, 1))
        self.assertAlmostEqual(s.precision, 50)
        self.assertAlmostEqual(s.recall, 200 / 3)

    def test_order_counts(self):
        document = copy.deepcopy(DOCUMENT)
        document['meta']['tags'] = ['QX', 'PREL', 'PGOV']
        self.assertEqual(compare(document=document).scores['tags'].right, 2)

    def test_what_is_not_known_does_not_count(self):
        truth = {k: v for k, v in TRUTH.items() if k not in ('signature', 'headings')}
        self.assertEqual(compare(truth).scores['signature'].telegrams, 0)
        self.assertEqual(compare(changed(TRUTH, dirty=['truncated'], paragraphs=None, signature=None)).misses, [])

    def test_found_where_nothing_is_lowers_precision(self):
        s = compare(changed(TRUTH, signature=None)).scores['signature']
        self.assertEqual((s.precision, s.recall), (0.0, 100.0))

    def test_what_is_lost_has_lost_everything(self):
        result = score.score([dict(TRUTH)], [], lambda truth: 'digest')
        self.assertEqual(len(result.lost), 1)
        self.assertEqual(result.scores['subject'].recall, 0)

    def test_a_document_too_many_is_counted(self):
        documents = [changed(DOCUMENT, source={'sha256': 'digest'}), changed(DOCUMENT, source={'sha256': 'other'})]
        self.assertEqual(score.score([dict(TRUTH)], documents, lambda truth: 'digest').unexpected, 1)


class OtherCorpus(unittest.TestCase):
    """The truths of a corpus that tells less, and otherwise."""

    def test_a_reference_to_the_own_station_is_dated_by_the_rule(self):
        truth = changed(TRUTH, post='QUILMAR', serial=123, refs=[{'label': 'A', 'text': 'QUILMAR 123', 'id': '09QUILMAR123'}])
        expected, literal = score.expected_of(truth)
        self.assertEqual((expected['ref_ids'], literal), (['08QUILMAR123'], ['09QUILMAR123']))
        for text, number in (('QUILMAR 122', '09QUILMAR122'), ('09 QUILMAR 200', '09QUILMAR200'), ('STATE 200', '09STATE200')):
            truth['refs'] = [{'label': 'A', 'text': text, 'id': number}]
            self.assertEqual(score.expected_of(truth)[0]['ref_ids'], [number])

    def test_captions_bullets_and_numbers_are_made_up(self):
        truth = {k: v for k, v in TRUTH.items() if k not in ('captions', 'items', 'paragraph_numbers')}
        truth.update(caption='NOFORN', sipdis=True, bullets=1, dirty=['dup_sipdis'], date='2009-12-09T14:30Z')
        expected, _ = score.expected_of(truth)
        self.assertEqual(expected['captions'], ['NOFORN', 'SIPDIS', 'SIPDIS'])
        self.assertEqual((expected['items'], expected['paragraph_numbers'], expected['date']), (1, ['1', '2'], '2009-12-09T14:30:00Z'))

    def test_without_a_date_the_year_of_an_id_is_not_demanded(self):
        truth, document = changed(TRUTH, date=None), copy.deepcopy(DOCUMENT)
        del document['meta']['date']
        document['id'] = 'x-0123456789ab'
        del document['meta']['refs'][0]['id']
        self.assertEqual(compare(truth, document).misses, [])
        document['id'] = '08QUILMAR123'
        self.assertEqual([m.field for m in compare(truth, document).misses], ['id'])


class Program(unittest.TestCase):
    """The whole: a folder, a program, and the exit code."""

    def run_score(self, document, *arguments, code=0, lines=None):
        with tempfile.TemporaryDirectory() as folder:
            octets = b'telegram\n'
            os.mkdir(os.path.join(folder, 'cables'))
            with open(os.path.join(folder, 'cables', '1.txt'), 'wb') as file:
                file.write(octets)
            with open(os.path.join(folder, 'truth.jsonl'), 'w', encoding='utf-8') as file:
                file.write(json.dumps(TRUTH) + '\n')
            out = os.path.join(folder, 'out')
            with open(out, 'w', encoding='utf-8') as file:
                file.write(json.dumps(changed(document, source={'sha256': hashlib.sha256(octets).hexdigest()})) + '\n')
            program = self.script(folder, 'program', 'cat %s; exit %d' % (out, code))
            if lines:
                arguments += ('--lines', self.script(folder, 'lines', "echo '%s'" % json.dumps(lines)))
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                ended = score.main([folder, '--program', program, *arguments])
            return ended, said.getvalue()

    @staticmethod
    def script(folder, name, commands):
        path = os.path.join(folder, name)
        with open(path, 'w') as file:
            file.write('#!/bin/sh\n%s\n' % commands)
        os.chmod(path, stat.S_IRWXU)
        return path

    def test_all_right(self):
        self.assertEqual(self.run_score(DOCUMENT, '--threshold', '100')[0], 0)

    def test_below_the_threshold(self):
        wrong = copy.deepcopy(DOCUMENT)
        wrong['meta']['subject'] = 'HARBOR'
        ended, said = self.run_score(wrong, '--threshold', '99.5')
        self.assertEqual(ended, 1)
        self.assertIn('FAILED: subject has F1 0.000, below 99.5', said)
        self.assertIn('found    "HARBOR"', said)
        self.assertEqual(self.run_score(wrong, '--threshold', '99.5', '--fields', 'tags')[0], 0)
        self.assertEqual(self.run_score(wrong)[0], 0)

    def test_json(self):
        wrong = copy.deepcopy(DOCUMENT)
        wrong['meta']['tags'].pop()
        ended, said = self.run_score(wrong, '--threshold', '99', '--json')
        report = json.loads(said)
        self.assertEqual(ended, 1)
        self.assertAlmostEqual(report['fields']['tags']['f1'], 80)
        self.assertEqual([m['field'] for m in report['misses']], ['tags'])

    def test_a_program_that_fails(self):
        self.assertEqual(self.run_score(DOCUMENT, code=139)[0], 1)

    def test_lines_without_owner(self):
        good = {'lines': 3, 'unowned': 0, 'twice': 0, 'opaque': 0}
        self.assertEqual(self.run_score(DOCUMENT, lines=good)[0], 0)
        self.assertEqual(self.run_score(DOCUMENT, lines=dict(good, unowned=1))[0], 1)
        self.assertEqual(self.run_score(DOCUMENT, lines=dict(good, twice=1))[0], 1)

    def test_a_folder_without_truth(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(score.main([folder]), 2)


if __name__ == '__main__':
    unittest.main()
