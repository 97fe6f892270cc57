/** Any reply and any form fits Teams' limits, shows its words, and nothing in it can mention, link, load or format. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reply, type Form, type ReplyParts } from '../../../src/conversation/contract.ts';
import type { Card } from '../../../src/doors/teams/card-parts.ts';
import { readFields, renderForm, withValues } from '../../../src/doors/teams/render-form.ts';
import { renderDialog, renderFreshCard, renderMessage } from '../../../src/doors/teams/render.ts';
import { markdown } from '../../../src/doors/teams/text.ts';
import { anyReply, otherLinks, ownLinks } from '../../support/any-reply.ts';
import { hostileStrings } from '../../support/public-sets.ts';
import { actionsIn, inputsIn, partsOf, titlesIn, wordsIn } from '../../support/teams-cards.ts';

const { form, reply } = anyReply({
  hostile: ['<at>Everyone</at>', '[x](https://e.example)', '![x](http://e.example/a.png)', '{{DATE(2026-01-01T00:00:00Z)}}', '`*_~', '<img src=x>'],
  repeated: { units: ['a', '👍', 'word ', '\n', '"', '\u0007'], counts: [80, 300, 3_100, 12_000] },
  ids: 'ours',
  most: { entries: 60, buttons: 30, fields: 20, options: 20, rows: 60, columns: 12 },
  name: 60,
}); // prettier-ignore
const runs = { numRuns: 40, endOnFailure: true };

const parsed = (parts: unknown) => Reply.parse(parts);
const message = (parts: ReplyParts, surface: 'personal' | 'shared' = 'personal') =>
  renderMessage(parsed(parts), surface);
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const allowedTypes = [
  'AdaptiveCard', 'Container', 'ColumnSet', 'Column', 'RichTextBlock', 'TextRun', 'ActionSet', 'Table', 'TableRow', 'TableCell', 'Image',
  'Action.Execute', 'Action.Submit', 'Action.ToggleVisibility', 'Action.OpenUrl', 'Input.Text', 'Input.Date', 'Input.Number', 'Input.ChoiceSet',
  'task/fetch', 'imBack',
]; // prettier-ignore

/** What is wrong with a card, whatever it says. */
function wrongIn(card: unknown): string[] {
  return partsOf(card).flatMap((part) => {
    const wrong: string[] = [];
    if (typeof part.type === 'string' && !allowedTypes.includes(part.type))
      wrong.push(`a part of type ${part.type}`);
    if (part.type === 'RichTextBlock' && (part.inlines as unknown[]).length === 0)
      wrong.push('an empty paragraph');
    if (part.type === 'ActionSet' && (part.actions as unknown[]).length > 6) wrong.push('too many actions');
    const toMessage = part.type === 'Action.OpenUrl' && ownLinks.includes(String(part.url));
    if ('url' in part && !toMessage && !String(part.url).startsWith('data:image/')) wrong.push('an address');
    if (typeof part.title === 'string' && part.title.length > 200) wrong.push('a title that is too long');
    if (part.type === 'TextRun' && /https?:\/\/|\{\{|[\u0000-\u0009\u202E]/.test(String(part.text)))
      wrong.push('a live text');
    return wrong;
  });
}

describe('a reply in Teams', () => {
  it('fits into a message, whatever it holds, and has no part that loads or links', () => {
    fc.assert(
      fc.property(reply, fc.constantFrom('personal' as const, 'shared' as const), (parts, surface) => {
        const sent = renderMessage(parsed(parts), surface);

        expect(bytes(sent)).toBeLessThan(28_000);
        expect(wrongIn(sent.attachments)).toEqual([]);
        expect(sent.entities).not.toContainEqual(expect.objectContaining({ type: 'mention' }));
        expect(sent.text).not.toMatch(/<|https?:\/\/|(?<!\\)\]\(/);
      }),
      runs,
    );
  });

  it('has the title of the one thing that it is about first on its card, and red what is late of its grey line', () => {
    const sent = message({ text: '✓ Mend the door is done.', title: 'Mend the door', line: 'CA-1 · 4 days overdue', late: '4 days overdue' });
    const [attached] = sent.attachments as { content: { body: { inlines: object[] }[] } }[];

    expect(sent).toMatchObject({ text: '', summary: expect.stringContaining('Mend the door is done') as unknown });
    expect(attached?.content.body.map(({ inlines }) => inlines)).toEqual([
      [{ type: 'TextRun', text: '✓ ' }, { type: 'TextRun', text: 'Mend the door', weight: 'bolder' }, { type: 'TextRun', text: ' is done.' }],
      [{ type: 'TextRun', text: 'CA-1 · ', isSubtle: true }, { type: 'TextRun', text: '4 days overdue', weight: 'bolder', color: 'attention' }],
    ]);
  }); // prettier-ignore

  it('shows all of what a button signs, or has nothing to sign and says so', () => {
    const parts = (value: string) =>
      parsed({
        text: 'I would write this.',
        facts: [{ label: 'Note', value }],
        buttons: [
          { id: 'a.confirm', label: 'Confirm', signs: true },
          { id: 'a.cancel', label: 'Cancel' },
        ],
      });
    const note = `${'The patch is on the test firewall, the branch offices wait. '.repeat(66)}It is NOT to be counted as finished`;
    const short = JSON.stringify(renderMessage(parts(note), 'personal'));
    const long = JSON.stringify(renderMessage(parts(`${'word '.repeat(6_000)}NOT finished`), 'personal'));

    expect(short).toContain(note);
    expect(short).toContain('"Confirm"');
    expect(long).not.toContain('"Confirm"');
    expect(long).toContain('"Cancel"');
    expect(long).toContain('too long to be shown whole here');
  });

  it('fits into a dialog and into a card that takes the place of another', () => {
    fc.assert(
      fc.property(reply, (parts) => {
        const cards = [
          renderDialog(parsed(parts), { direct: true }),
          renderFreshCard(parsed(parts), 'shared', null),
        ];

        for (const card of cards) {
          expect(bytes(card)).toBeLessThan(28_000);
          expect(wrongIn(card)).toEqual([]);
        }
        expect(actionsIn(cards[0]).every(({ type }) => type !== 'Action.Execute')).toBe(true);
      }),
      runs,
    );
  });

  it('shows every part of an ordinary reply', () => {
    const { text, attachments, summary } = message(everything);
    const shown = `${String(text)}\n${wordsIn(attachments)}`;

    for (const word of [
      'The text',
      'Policy A v2',
      'The first fact',
      '3 of 12',
      'An item',
      'since Monday',
      'Column',
      'Cell',
      'A chart',
      'The note',
    ])
      expect(shown).toContain(word);
    expect(titlesIn(attachments)).toEqual(
      expect.arrayContaining(['Press me', 'Say this', 'Look', 'Open the form', 'Show the words']),
    );
    expect(summary).toContain('The text');
  });

  it('opens an address that was given as evidence, by the name of where it leads and not of what stands in it', () => {
    const leadsTo = 'https://teams.microsoft.com@evil.example/a?b=1';

    const { attachments } = message({ text: leadsTo, leadsTo });

    expect(actionsIn(attachments)).toMatchObject([
      { type: 'Action.OpenUrl', title: 'Open evil.example', url: leadsTo },
    ]);
    expect(JSON.stringify(attachments).split('https://')).toHaveLength(2);
  });

  it('leads back to the message that an entry came from, and shows any other address as words', () => {
    const button = { id: 'task', label: 'Look' };
    const entries = (link: string) =>
      message({ text: 'T', items: [{ text: 'Raised', detail: 'by Omar', link, button }] }).attachments;

    for (const url of ownLinks) {
      expect(actionsIn(entries(url))).toMatchObject([{ title: 'Look' }, { type: 'Action.OpenUrl', title: 'Message', url }]);
      expect(wrongIn(entries(url))).toEqual([]);
    }
    for (const link of otherLinks) {
      expect(titlesIn(entries(link))).toEqual(['Look']);
      expect(JSON.stringify(entries(link))).not.toMatch(/https:\/\/|"url"/);
      expect(wordsIn(entries(link))).toContain('by Omar · message: https[:]//');
    }
  }); // prettier-ignore

  it('says what it leaves out', () => {
    const rows = Array.from({ length: 500 }, (_each, index) => [`row ${index}`, 'x'.repeat(80)]);
    const shown = wordsIn(message({ text: 'T', table: { columns: ['A', 'B'], rows } }).attachments);

    expect(shown).toMatch(/\d+ more rows are not shown here\./);
  });

  it('has no more buttons in a row than a phone has room for', () => {
    const rowsOf = (...labels: string[]) =>
      partsOf(message({ text: 'Which?', buttons: labels.map((label, at) => ({ id: `b.${at}`, label })) }))
        .filter(({ type }) => type === 'ActionSet')
        .map(({ actions }) => (actions as { title: string }[]).map(({ title }) => title));

    expect(rowsOf('A', 'B', 'C', 'D', 'E', 'F', 'G')).toEqual([['A', 'B', 'C', 'D', 'E', 'F'], ['G']]);
    expect(rowsOf('They are taken away by a set day', 'They go if a manager thinks of it', 'Back', 'Later')).toEqual([
      ['They are taken away by a set day'],
      ['They go if a manager thinks of it', 'Back'],
      ['Later'],
    ]);
  }); // prettier-ignore

  it('folds a long passage at a word, and keeps its marks', () => {
    const text = `${'word '.repeat(200)}the end.`;
    const { attachments } = message({
      text: 'T',
      passages: [{ n: 1, text, marks: [[text.length - 8, text.length]] }],
    });
    const runsOf = partsOf(attachments).filter((part) => part.type === 'TextRun');

    expect(titlesIn(attachments)).toEqual(['Show all', 'Show less']);
    expect(runsOf.some((run) => run.text === 'the end.' && run.weight === 'bolder')).toBe(true);
    expect(
      runsOf
        .map((run) => String(run.text))
        .join(' ')
        .match(/word/g),
    ).toHaveLength(200);
  });

  it('has thumbs for the pair of verdicts, and buttons for half a pair', () => {
    const pair = [{ id: 'a', label: 'Helpful', feedback: 'helpful' as const }, { id: 'b', label: 'Not helpful', feedback: 'not-helpful' as const }]; // prettier-ignore

    expect(message({ text: 'T', buttons: pair })).toMatchObject({
      attachments: [],
      channelData: { feedbackLoop: { type: 'default' } },
    });
    expect(titlesIn(message({ text: 'T', buttons: pair.slice(0, 1) }).attachments)).toEqual(['Helpful']);
    expect(titlesIn(renderDialog(parsed({ text: 'T', buttons: pair }), {}))).toEqual([
      'Helpful',
      'Not helpful',
    ]);
  });

  it('says a choice aloud in a chat of two, and presses it elsewhere', () => {
    const parts = { text: 'T', choices: [{ id: 'say?text=Who%20reports%3F', label: 'Who reports?' }] };

    expect(actionsIn(message(parts).attachments)).toMatchObject([
      { data: { msteams: { type: 'imBack', value: 'Who reports?' } } },
    ]);
    expect(actionsIn(message(parts, 'shared').attachments)).toMatchObject([
      { type: 'Action.Execute', data: { isma: { press: 'say?text=Who%20reports%3F' } } },
    ]);
  });

  it('offers a file in a chat of two, and says elsewhere where it can be had', () => {
    const file = { text: 'T', files: [{ name: 'report: "final".csv', id: 'gone' }] };
    const offered = renderMessage(parsed(file), 'personal', {
      offered: [{ name: 'report: "final".csv', size: 12 }],
      picture: null,
    });

    expect(offered.attachments).toMatchObject([
      {
        contentType: 'application/vnd.microsoft.teams.card.file.consent',
        name: 'report- -final-.csv',
        content: { sizeInBytes: 12 },
      },
    ]);
    expect(wordsIn(message(file, 'shared').attachments)).toContain(
      'I can hand over files only in our own chat',
    );
  });

  it.each([
    ['<at>Everyone</at> & co', '&lt;at&gt;Everyone&lt;/at&gt; &amp; co'],
    ['[click](https://evil.example/x)', '\\[click\\](https[:]//evil[.]example/x)'],
    ['![p](http://evil.example/p.png)', '\\!\\[p\\](http[:]//evil[.]example/p.png)'],
    ['**bold** _it_ `code`', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\`'],
    ['# title\n- item\n1. one\n> quote', '\\# title\n\n\\- item\n\n1\\. one\n\n&gt; quote'],
    ['As it says [1], and [12].', 'As it says [1], and [12].'],
    ['[1](evil.example/)', '[1\\](evil[.]example/)'],
  ])('writes %j so that these words are seen', (text, expected) => {
    expect(markdown(text)).toBe(expected);
  });

  it('stays dead and whole for the public lists of hostile strings', () => {
    for (const text of hostileStrings()) {
      const sent = message({
        text,
        facts: [{ label: text, value: text }],
        buttons: [{ id: 'x', label: text.slice(0, 75) }],
        note: text,
      });

      expect(wrongIn(sent.attachments)).toEqual([]);
      expect(sent.text).not.toMatch(/<|https?:\/\/|(?<!\\)\]\(/);
    }
  });
});

describe('a form in Teams', () => {
  it('comes back with the values that were filled in, whatever their options hold', () => {
    const values = ['a,b', 'é %', '👍', 'plain'];
    const choices: Form = formOf([
      {
        name: 'one',
        kind: 'choice',
        options: values.map((value) => ({ value, label: value })),
        value: 'a,b',
      },
      { name: 'some', kind: 'choices', options: values.map((value) => ({ value, label: value })) },
      { name: 'text', kind: 'text' },
    ]);
    const [one, some] = inputsIn(renderForm(choices, { card: 'c' })) as {
      id: string;
      value?: string;
      choices: { value: string }[];
    }[];
    const sent = {
      'c.one': one?.choices[1]?.value,
      'm.some': some?.choices.map((each) => each.value).join(','),
      't.text': ' x ',
      isma: {},
      other: 1,
    };

    expect(one?.value).toBe('a%2Cb');
    expect(readFields(sent)).toEqual({ one: 'é %', some: values, text: ' x ' });
  });

  it('shows an error below its field and keeps what was written', () => {
    const again = withValues(
      formOf([
        { name: 'a', kind: 'multiline', error: 'Say more.' },
        { name: 'b', kind: 'text' },
      ]),
      { a: 'short', b: 'kept' },
    );
    const card = renderForm(again, {});

    expect(inputsIn(card)).toMatchObject([
      { id: 't.a', value: 'short', isMultiline: true },
      { id: 't.b', value: 'kept' },
    ]);
    expect(wordsIn(card)).toContain('⚠ Say more.');
  });

  it('is whole for any fields', () => {
    fc.assert(
      fc.property(form, (any) => {
        const card: Card = renderForm(any, { card: null, direct: true });

        expect(wrongIn(card)).toEqual([]);
        expect(inputsIn(card)).toHaveLength(any.fields.length);
      }),
      runs,
    );
  });
});

function formOf(
  fields: (Partial<Form['fields'][number]> & Pick<Form['fields'][number], 'name' | 'kind'>)[],
): Form {
  return {
    id: 'x.form',
    title: 'A form',
    submitLabel: 'Send',
    fields: fields.map((field) => ({
      label: field.name,
      required: false,
      hint: null,
      value: null,
      options: [],
      error: null,
      ...field,
    })),
  };
}

const everything: ReplyParts = {
  text: 'The text [1].',
  citations: [
    {
      n: 1,
      kind: 'policy',
      policy: 'Policy A',
      version: '2',
      section: '1',
      heading: 'Doors',
      effectiveFrom: '2026-03-01',
      quote: 'The words.',
    },
  ],
  facts: [{ label: 'Fact', value: 'The first fact' }],
  progress: { label: 'Read', done: 3, total: 12 },
  items: [{ text: 'An item', detail: 'since Monday', button: { id: 'i', label: 'Look' } }],
  table: { columns: ['Column', 'Other'], rows: [['Cell', '1']] },
  picture: { name: 'a.png', id: 'gone', alt: 'A chart' },
  choices: [{ id: 'say?text=this', label: 'Say this' }],
  buttons: [{ id: 'b', label: 'Press me', style: 'primary' }],
  form: formOf([{ name: 'a', kind: 'text' }]),
  note: 'The note',
};
