#!/usr/bin/env python3
"""Looks at the HTML report of a run, and at a spot check, in a real browser. Exit status 77: there is none.

    browser.py --build BUILD [--keep FOLDER]        FOLDER gets the pictures
"""
import argparse
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

SKIPPED = 77
WIDTH, HEIGHT = 1240, 1100


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    options.add_argument('--keep', type=pathlib.Path)
    chosen = options.parse_args()
    browser = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if browser is None:
        print('skipped: there is no Chromium')
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix='dragoman-browser-') as name:
        work = pathlib.Path(name)
        programs = chosen.build.resolve() / 'bin'
        subprocess.run([programs / 'make_telegrams', '300', work / 'made', '--dirty', '20'], check=True, stdout=subprocess.DEVNULL)
        cables = work / 'made/cables'
        (cables / 'nothing.bin').write_bytes(bytes(range(256)))
        environment = dict(os.environ, SOURCE_DATE_EPOCH='1700000000', XDG_STATE_HOME=str(work / 'state'))
        subprocess.run([programs / 'dragoman', 'convert', '-q', cables, '-t', 'tei', '-o', f'{work}/out/', '--report', work / 'report.html', '--sample', '4'], check=False,
                       env=environment, stderr=subprocess.DEVNULL)
        links = re.findall(r'<a href="(report\.samples/[^"]+)"', (work / 'report.html').read_text())
        assert len(links) == 4, links
        picture(browser, work, 'report.html', 'report.png')
        picture(browser, work, links[0], 'sample.png')
        if chosen.keep:
            for image in work.glob('*.png'):
                shutil.copy(image, chosen.keep)
        report, sample = pixels(work / 'report.png'), pixels(work / 'sample.png')
        # Text and bars: what is drawn covers some of the page, in more than two colours, and in both columns of the charts.
        assert 0.005 < inked(report, 0, WIDTH) < 0.5 and len({p for row in report for p in row}) > 20, inked(report, 0, WIDTH)
        # The original on the left, what was made of it on the right, from the same height on.
        lower = sample[HEIGHT // 3:HEIGHT // 2]
        left, right = inked(lower, 0, WIDTH // 2), inked(lower, WIDTH // 2, WIDTH)
        assert left > 0.01 and right > 0.01, (left, right)
        print(f'ink: report {inked(report, 0, WIDTH):.3f}, spot check {left:.3f} left, {right:.3f} right')
    return 0


def picture(browser, work, page, name):
    flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
             '--disable-sync', '--hide-scrollbars', f'--user-data-dir={work / "browser"}', f'--window-size={WIDTH},{HEIGHT}']
    subprocess.run([browser, *flags, f'--screenshot={work / name}', (work / page).as_uri()], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


def pixels(path):
    """Rows of (red, green, blue) of a PNG of eight bits a channel."""
    octets = path.read_bytes()
    assert octets[:8] == b'\x89PNG\r\n\x1a\n', 'no PNG'
    data, at = b'', 8
    while at < len(octets):
        length, kind = struct.unpack('>I4s', octets[at:at + 8])
        body = octets[at + 8:at + 8 + length]
        if kind == b'IHDR':
            width, height, depth, colour = struct.unpack('>IIBB', body[:10])
        elif kind == b'IDAT':
            data += body
        at += 12 + length
    assert (width, height, depth) == (WIDTH, HEIGHT, 8) and colour in (2, 6), (width, height, depth, colour)
    size = 3 if colour == 2 else 4
    raw, rows, above = zlib.decompress(data), [], bytearray(width * size)
    for y in range(height):
        begin = y * (width * size + 1)
        row = bytearray(raw[begin + 1:begin + 1 + width * size])
        unfilter(raw[begin], row, above, size)
        rows.append([tuple(row[x:x + 3]) for x in range(0, len(row), size)])
        above = row
    return rows


def unfilter(kind, row, above, size):
    if kind == 0:
        return
    for i in range(len(row)):
        a, b, c = (row[i - size] if i >= size else 0), above[i], (above[i - size] if i >= size else 0)
        if kind == 1:
            guess = a
        elif kind == 2:
            guess = b
        elif kind == 3:
            guess = (a + b) // 2
        else:
            guess = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
        row[i] = (row[i] + guess) & 255


def inked(rows, begin, end):
    """The share of pixels that are not paper."""
    paper = rows[0][0]
    return sum(sum(p != paper for p in row[begin:end]) for row in rows) / (len(rows) * (end - begin))


if __name__ == '__main__':
    sys.exit(main())
