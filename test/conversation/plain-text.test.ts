/** What all doors say alike: plain words for a screen reader, and text in which nothing can be pressed. */
import { describe, expect, it } from 'vitest';
import { Reply } from '../../src/conversation/contract.ts';
import { inert, plainText } from '../../src/conversation/plain-text.ts';
import { shortened } from '../../src/language/text.ts';

describe('text that is made inert', () => {
  it.each([
    ['https://evil.example/x?d=secret', 'https[:]//evil[.]example/x?d=secret'],
    ['see http://10.0.0.1/a', 'see http[:]//10.0.0.1/a'],
    ['javascript:alert(1)', 'javascript[:]alert(1)'],
    ['data:text/html,<b>', 'data[:]text/html,<b>'],
    ['mailto:a@b.example', 'mailto[:]a@b.example'],
    ['www.evil.example', 'www[.]evil[.]example'],
    ['go to evil.com now', 'go to evil[.]com now'],
    ['secret-data.evil.io/x', 'secret-data[.]evil[.]io/x'],
    ['wide dots evil。com', 'wide dots evil[.]com'],
    ['one dot leader evil\u2024com/x', 'one dot leader evil[.]com/x'],
    ['wide colon https\uFF1A//evil', 'wide colon https[:]//evil'],
    ['msteams://l/chat?users=x', 'msteams[:]//l/chat?users=x'],
    ['slack://open?team=1', 'slack[:]//open?team=1'],
  ])('shows a link that cannot be followed: %s', (text, expected) => {
    expect(inert(text)).toBe(expected);
  });

  it.each([
    'Ask security@demo.example.',
    'Section A.8.13 and 4.2.1, version 2.1.',
    'Keep it for 3 years: see 5.2, e.g. logs.',
    'Note: the phone locks itself.',
    'Write README.md or z.B. den Anhang.',
    '10:30 in room 3.4',
    'A file: send it here. Data: 5 rows, Tel: 4444',
  ])('leaves plain words as they are: %s', (text) => {
    expect(inert(text)).toBe(text);
  });

  it('leaves nothing that a URL parser takes, whatever stands around it', () => {
    for (const scheme of ['http', 'https', 'ftp', 'HTTPS', 'msteams', 'file', 'ws'])
      for (const around of ['()', '<>', '[]', '""', '**', '  '])
        expect(inert(`${around[0]}${scheme}://evil.example/${around[1]}`)).not.toMatch(/[a-z]:\/\//i);
  });

  it('stays as long as it was where nothing in it can be pressed, however it repeats itself', () => {
    for (const text of [
      'a.'.repeat(50_000),
      'a: '.repeat(50_000),
      'www.'.repeat(25_000),
      'x'.repeat(200_000),
    ])
      expect(inert(text).length).toBeGreaterThanOrEqual(text.length);
  });
});

describe('a reply in plain words', () => {
  it('names everything that it shows, buttons last', () => {
    const reply = Reply.parse({
      text: 'Within 24 hours. [1]',
      about: 'lost phone?',
      citations: [
        {
          n: 1,
          kind: 'policy',
          policy: 'Mobile Device Policy',
          version: '2.1',
          section: '3',
          heading: 'Loss',
          effectiveFrom: '2026-03-01',
          quote: 'Report it.',
        },
      ],
      facts: [{ label: 'Reference', value: 'Q-1' }],
      progress: { label: 'Read', done: 2, total: 5 },
      items: [{ text: 'Erin asks', detail: 'since Monday', link: 'https://slack.com/archives/C1/p1' }],
      buttons: [{ id: 'a', label: 'Helpful' }],
      table: { columns: ['Name', 'Due'], rows: [['CA-1', 'Friday']] },
      files: [{ name: 'list.csv', id: 'f1' }],
      picture: { name: 'p.png', id: 'f2', alt: 'A curve that rises' },
      note: 'Noted.',
    });

    expect(plainText(reply).split('\n')).toEqual([
      'On «lost phone?»:',
      'Within 24 hours. [1]',
      '[1] Mobile Device Policy v2.1 · 3 Loss · in force since 1 March 2026: «Report it.»',
      'Reference: Q-1',
      'Read: 2 of 5',
      'Erin asks · since Monday · message: https://slack.com/archives/C1/p1',
      'Name | Due',
      'CA-1 | Friday',
      'File «list.csv»',
      'Picture: A curve that rises',
      'Noted.',
      'You can press: Helpful.',
    ]);
  });
});

describe('a text that is cut', () => {
  it('ends at a word, with an ellipsis, and has at most its length', () => {
    expect(shortened('one two three four', 10)).toBe('one two…');
    expect(shortened('one two three four', 12)).toBe('one two…');
    expect(shortened('short', 12)).toBe('short');
    expect(shortened('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('never ends in half a character', () => {
    for (let length = 1; length < 20; length += 1)
      expect(shortened('🧨'.repeat(20), length).isWellFormed()).toBe(true);
  });
});
