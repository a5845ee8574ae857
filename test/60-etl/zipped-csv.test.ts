// The files of report exports, as Intune writes them and as they break.
import { describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { readZippedCsv } from '../../etl/graph/export/read-zipped-csv.ts';

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length)
    yield await Promise.resolve(bytes.subarray(at, at + length));
}

async function recordsOf(bytes: Uint8Array, length = 7): Promise<(readonly string[])[]> {
  const records: (readonly string[])[] = [];
  for await (const page of readZippedCsv(inPieces(bytes, length))) records.push(...page);
  return records;
}

const zipOf = (text: string): Uint8Array => zipSync({ 'Report_1.csv': strToU8(text) });

test.each<[string, string, readonly (readonly string[])[]]>([
  [
    'a mark at the start',
    '\ufeffDeviceId,Name\r\n1,a\r\n',
    [
      ['DeviceId', 'Name'],
      ['1', 'a'],
    ],
  ],
  [
    'quotes',
    'Name,Id\r\n"a ""b"", c",1\r\n',
    [
      ['Name', 'Id'],
      ['a "b", c', '1'],
    ],
  ],
  [
    'a line break in quotes',
    'Name,Id\r\n"a\r\nb",1\r\n',
    [
      ['Name', 'Id'],
      ['a\r\nb', '1'],
    ],
  ],
  [
    'a bare quote',
    'Name,Id\r\n15" screen,1\r\n',
    [
      ['Name', 'Id'],
      ['15" screen', '1'],
    ],
  ],
  [
    'bare quotes around a word',
    'Name,Id\r\nthe "Cave" PC,1\r\n',
    [
      ['Name', 'Id'],
      ['the "Cave" PC', '1'],
    ],
  ],
  [
    'a quoted word at the start',
    'Name,Id\r\n"Cave" PC,1\r\n',
    [
      ['Name', 'Id'],
      ['"Cave" PC', '1'],
    ],
  ],
  ['rows of uneven length', 'A,B,C\r\n1\r\n1,2,3,4\r\n', [['A', 'B', 'C'], ['1'], ['1', '2', '3', '4']]],
  [
    'empty lines and no last line break',
    'A,B\n\n1,2',
    [
      ['A', 'B'],
      ['1', '2'],
    ],
  ],
  ['letters of several bytes, cut anywhere', 'A\r\nÖfen 測定 🛠\r\n', [['A'], ['Öfen 測定 🛠']]],
  ['nothing', '', []],
])('%s', async (_, text, records) => {
  expect(await recordsOf(zipOf(text))).toEqual(records);
});

test('a file of any length comes in pages', async () => {
  const lines = Array.from({ length: 2500 }, (_, index) => `${index},name ${index}`);
  const bytes = zipOf(['Id,Name', ...lines].join('\r\n'));
  const pages: number[] = [];
  for await (const page of readZippedCsv(inPieces(bytes, 1000))) pages.push(page.length);
  expect(pages).toEqual([1000, 1000, 501]);
});

describe('what is no such file throws:', () => {
  const whole = zipOf(`A\r\n${Array.from({ length: 5000 }, (_, index) => `${index * 7919}`).join('\r\n')}`);
  const stored = zipSync({ 'a.csv': [strToU8('A\r\n1'), { level: 0 }] });
  test.each<[string, Uint8Array, RegExp]>([
    ['cut short in the data', whole.subarray(0, whole.length / 2), /unexpected end of file/],
    ['cut short in the header', whole.subarray(0, 20), /ends in its header/],
    ['a page of a proxy', strToU8('<html><body>Please sign in to go on.</body></html>'), /not a ZIP/],
    ['not deflated', stored, /not deflated/],
    ['a quote that is never closed', zipOf(`A,B\r\n"${'x,'.repeat(200_000)}`), /[Mm]ax Record Size/],
  ])('%s', async (_, bytes, reason) => {
    await expect(recordsOf(bytes, 1000)).rejects.toThrow(reason);
  });
});
