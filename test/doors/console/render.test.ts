/** Replies as text for a terminal and as JSON for programs; no control character gets out of either. */
import { describe, expect, it } from 'vitest';
import { Reply, type Citation, type ReplyParts } from '../../../src/conversation/contract.ts';
import { plainStyle, renderJson, renderText, screenStyle } from '../../../src/doors/console/render.ts';
import { sourceLine } from '../../../src/conversation/plain-text.ts';

const citation: Citation = {
  n: 1,
  kind: 'policy',
  policy: 'Mobile Device Policy',
  version: '2.1',
  section: '3.2',
  heading: 'Personal devices',
  effectiveFrom: '2026-03-01',
  quote: 'A personal phone may be used.',
};
const render = (parts: ReplyParts, numbered = false) => renderText(Reply.parse(parts), plainStyle, numbered);

describe('a source', () => {
  it('names policy, version, section and the day since which it is in force', () => {
    expect(sourceLine(citation)).toBe(
      'Mobile Device Policy v2.1 · 3.2 Personal devices · in force since 1 March 2026',
    );
  });

  it('says a heading once where the section has no number', () => {
    expect(sourceLine({ ...citation, section: 'Scope', heading: 'Scope' })).toContain('v2.1 · Scope · in');
  });

  it('of the guide, or of an owner, is shown as that', () => {
    expect(sourceLine({ ...citation, kind: 'guide' })).toBe(
      'Guide to the standard: Mobile Device Policy · 3.2 Personal devices',
    );
    expect(
      sourceLine({ ...citation, kind: 'answer', policy: 'Answer by Hugo', heading: 'May I?' }),
    ).toBe('Answer by Hugo · 1 March 2026 · «May I?»');
  }); // prettier-ignore
});

describe('a reply as text', () => {
  it('shows an answer with its quotes', () => {
    expect(render({ text: 'Yes, once enrolled [1].', citations: [citation] })).toBe(
      'Yes, once enrolled [1].\n\n' +
        '[1] Mobile Device Policy v2.1 · 3.2 Personal devices · in force since 1 March 2026\n' +
        '    «A personal phone may be used.»',
    );
  });

  it('shows sections as they stand, with what matched marked', () => {
    const said = render({
      text: 'These are the sections.',
      citations: [citation, { ...citation, n: 2 }],
      passages: [{ n: 1, text: 'First. A phone may be used. Last.', marks: [[7, 27]] }],
    });

    expect(said).toContain('    First. **A phone may be used.** Last.');
    expect(said.match(/\[2\].*/)?.[0]).not.toContain('«');
  });

  it('numbers choices and buttons on, for a person who types', () => {
    const said = render(
      {
        text: 'Hello.',
        choices: [{ id: 'say?text=a', label: 'A?' }],
        buttons: [
          { id: 'x.y', label: 'Helpful' },
          { id: 'x.z', label: 'Not helpful' },
        ],
      },
      true,
    );

    expect(said).toBe('Hello.\n\n  (1) A?\n\n  (2) Helpful   (3) Not helpful');
  });

  it('shows fields of a form with what is allowed, what is there, what was wrong and how to send it', () => {
    const said = render({
      text: 'Please.',
      form: {
        id: 'x.form',
        title: 'Answer',
        submitLabel: 'Send',
        fields: [
          {
            name: 'keep',
            label: 'Who may see it?',
            kind: 'choice',
            required: true,
            value: 'everyone',
            error: 'Choose one.',
            options: [
              { value: 'everyone', label: 'All' },
              { value: 'asker', label: 'One' },
            ],
          },
          { name: 'note', label: 'Note', kind: 'text', required: false },
        ],
      },
    });

    expect(said).toContain('**keep** (required): Who may see it?');
    expect(said).toContain('one of everyone (All)\n          or asker (One)');
    expect(said).toContain('now: everyone');
    expect(said).toContain('! Choose one.');
    expect(said).toContain('/fill {"keep":"…"}');
  });

  it('shows facts, progress, files and tables', () => {
    const said = render({
      text: 'Report.',
      facts: [{ label: 'Reference', value: 'Q-2026-001' }],
      progress: { label: 'Done', done: 3, total: 8 },
      files: [{ name: 'report.csv', id: 'f1' }],
      table: { columns: ['a', 'b'], rows: [['1', '2']] },
    });

    expect(said).toBe(
      'Report.\n\nReference: Q-2026-001\n\nDone: 3 of 8\n\na  b\n1  2\n\nreport.csv: it is not here any more; ask me for it again',
    );
  });

  it('names the message that an entry came from', () => {
    const link = 'https://slack.com/archives/C1/p1';
    const items = [{ text: 'Raised', detail: 'by Omar', link }, { text: 'Closed', link }];

    expect(render({ text: '', items })).toContain(`  - Raised\n    by Omar · message: ${link}\n  - Closed\n    message: ${link}`);
    expect(JSON.parse(renderJson('erin@test.example', Reply.parse({ text: '', items })))).toMatchObject({
      items: [{ text: 'Raised', detail: 'by Omar', link }, { text: 'Closed', detail: null, link }],
    });
  }); // prettier-ignore

  it('breaks lines between words, at the width of the screen, marks not counted', () => {
    const said = renderText(Reply.parse({ text: 'word '.repeat(60).trim() }), screenStyle(40), false);

    expect(said.split('\n').every((line) => line.length <= 40)).toBe(true);
    expect(said.replaceAll(/\s+/g, ' ')).toBe('word '.repeat(60).trim());
  });

  it.each([80, 60, 40])('breaks no word at %i columns, wherever in a message it stands', (columns) => {
    const words = 'Put vendor-maintained devices of the production network on the patch list of Information Security';
    const field = { name: 'where_it_was', label: words, hint: words, kind: 'choice' as const, required: true, value: words, error: words };
    const address = 'https://isma.example.com/mobile';
    const row = ['CA-2026-008', 'Put vendor-maintained devices on the patch list', 'NC-2026-007 (minor)', 'reported done', 'Omar Oakapple', '21 Dec 2026'];
    const reply = Reply.parse({
      about: words,
      text: `${words}\n- ${words}`,
      citations: [{ n: 1, kind: 'policy', policy: 'Asset and Removable Media Policy', version: '1.6', section: '3.3', heading: words, effectiveFrom: '2026-04-15', quote: words }],
      facts: [{ label: 'Non-conformity', value: words }],
      progress: { label: words, done: 1, total: 2 },
      items: [{ text: words, detail: words, button: { id: 'a.b', label: 'Update' } }, { text: words, link: address }],
      table: { columns: ['Action', 'What', 'For', 'State', 'Owner', 'Due'], rows: [row, row] },
      form: { id: 'a.f', title: 'Raise a non-conformity', submitLabel: 'Send', fields: [{ ...field, options: [{ value: 'a', label: words }] }] },
      choices: [{ id: 'c.c', label: words.slice(0, 74) }],
      buttons: ['Helpful', 'Not helpful', '2 more sections', 'Ask Greta Gingko'].map((label) => ({ id: 'b.b', label })),
      files: [{ id: 'f', name: 'evidence-of-the-review.xlsx' }],
      leadsTo: address,
      aside: words,
      note: words,
    });

    for (const numbered of [true, false]) {
      const lines = renderText(reply, screenStyle(columns), numbered).replace(/\u001B\[\d+m/g, '').split('\n');
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      const shown = new Set(lines.join(' ').split(' '));
      expect(words.split(' ').filter((word) => !shown.has(word))).toEqual([]);
      expect(lines.filter((line) => /\((?:\d+)\)$/.test(line))).toEqual([]); // a number stays with its label
    }
  }); // prettier-ignore

  it('shows a row of a table as lines of its own where the screen is too narrow for its columns', () => {
    const table = { columns: ['Action', 'Owner', 'Due'], rows: [['CA-2026-008', 'Omar Oakapple', '21 Dec 2026']] };

    expect(renderText(Reply.parse({ text: '', table }), screenStyle(20), false)).toBe(
      'CA-2026-008\n  Owner: Omar\n  Oakapple\n  Due: 21 Dec 2026',
    );
  }); // prettier-ignore

  it('indents what follows in a list', () => {
    const said = renderText(Reply.parse({ text: `- ${'word '.repeat(20).trim()}` }), screenStyle(40), false);

    expect(said.split('\n').slice(1).every((line) => line.startsWith('  word'))).toBe(true);
  }); // prettier-ignore
});

/** Everything that a terminal obeys: C0 but the line break, delete, C1, and what turns the direction of text. */
const obeyed = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
const evil =
  'a\u001B]0;title\u0007b\u001B[2Jc\u009B31md\u0008\u0000e\rf\u202Eg\u2066h\u007Fi\u001B]8;;http://x\u001B\\j';

describe('text from outside', () => {
  const everything: ReplyParts = {
    text: evil,
    citations: [{ ...citation, policy: evil, heading: evil, section: evil, version: evil, quote: evil }],
    facts: [{ label: evil, value: evil }],
    progress: { label: evil, done: 1, total: 2 },
    choices: [{ id: 'x', label: evil.slice(0, 70) }],
    buttons: [{ id: evil, label: evil.slice(0, 70) }],
    form: {
      id: evil,
      title: evil.slice(0, 20),
      submitLabel: 'Send',
      fields: [
        { name: 'n', label: evil, kind: 'text', required: true, value: evil, hint: evil, error: evil },
      ],
    },
    files: [{ name: evil, id: 'f1' }],
    table: { columns: [evil], rows: [[evil]] },
  };

  it('moves no cursor and colours nothing, wherever in a reply it stands', () => {
    for (const numbered of [true, false]) {
      expect(render(everything, numbered)).not.toMatch(obeyed);
      const withPassage = { ...everything, passages: [{ n: 1, text: evil, marks: [[2, 9]] as [number, number][] }] };
      expect(render(withPassage, numbered)).not.toMatch(obeyed);
    }
  }); // prettier-ignore

  it('stands escaped in JSON, and comes back as it was', () => {
    const json = renderJson('erin@test.example', Reply.parse(everything));

    expect(json).not.toMatch(obeyed);
    expect((JSON.parse(json) as { text: string }).text).toBe(evil);
  });
});

describe('a reply as JSON', () => {
  it('always has the same keys', () => {
    const json = JSON.parse(
      renderJson('erin@test.example', Reply.parse({ text: 'Hi', citations: [citation] })),
    ) as Record<string, unknown>;

    expect(json).toEqual({
      to: 'erin@test.example',
      text: 'Hi',
      citations: [citation],
      buttons: [],
      facts: [],
      form: null,
      files: [],
      table: null,
      notice: null,
    });
  });

  it('has the words of sections in its text, and choices among its buttons', () => {
    const json = JSON.parse(
      renderJson(
        'erin@test.example',
        Reply.parse({
          text: 'See.',
          passages: [{ n: 1, text: 'Words.', marks: [] }],
          choices: [{ id: 'a', label: 'A' }],
          buttons: [{ id: 'b', label: 'B', style: 'danger' }],
        }),
      ),
    ) as { text: string; buttons: unknown };

    expect(json.text).toBe('See.\n\n[1] Words.');
    expect(json.buttons).toEqual([
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
    ]);
  });
});
