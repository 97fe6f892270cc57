/** Any reply and any form fits Slack's limits, shows its words, and nothing in it can ping, link or format. */
import type { types } from '@slack/bolt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reply, type Form, type ReplyParts } from '../../../src/conversation/contract.ts';
import { fallbackText, renderReply } from '../../../src/doors/slack/render.ts';
import { errorsOf, fieldsOf, renderForm } from '../../../src/doors/slack/render-form.ts';
import { escapedMarkdown, unmarked } from '../../../src/doors/slack/text.ts';
import { anyReply, otherLinks, ownLinks } from '../../support/any-reply.ts';
import { hostileStrings } from '../../support/public-sets.ts';
import { wordsOf, wrongInBlocks, wrongInView } from '../../support/slack-limits.ts';
import { unescapedMarkdown } from '../../support/slack-messages.ts';

const { words, form, reply } = anyReply({
  hostile: ['<!channel>', '<@U1>', '`*_~[x](https://e.example)'],
  repeated: { units: ['a', '👍', 'word ', '\n', '<'], counts: [80, 300, 3_100, 9_000] },
  ids: 'anything',
  most: { entries: 120, buttons: 60, fields: 60, options: 120, rows: 130, columns: 25 },
  name: 9_000,
});
const runs = { numRuns: 60, endOnFailure: true };

const rendering = { mark: 'id||', surface: 'message' as const };
const notes = { address: 'slack:T1:@U1', outsiders: false, card: null, via: {} };

function rendered(parts: ReplyParts) {
  return renderReply(Reply.parse(parts), rendering).blocks;
}

describe('a reply in Slack', () => {
  it('fits every limit of a message, whatever it holds', () => {
    fc.assert(
      fc.property(reply, fc.boolean(), fc.option(fc.constant('F1')), (parts, withoutText, pictureId) => {
        const { blocks, text } = renderReply(Reply.parse(parts), { ...rendering, withoutText, pictureId });

        expect(wrongInBlocks(blocks, 'message')).toEqual([]);
        expect(text.length).toBeLessThanOrEqual(4_000);
        expect(text.trim()).not.toBe('');
        expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(`${JSON.stringify(blocks)}${text}`.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });

  it('fits every limit of a home page, whatever it holds', () => {
    fc.assert(
      fc.property(reply, (parts) => {
        const { blocks } = renderReply(Reply.parse(parts), { ...rendering, surface: 'home' });

        expect(wrongInView({ type: 'home', blocks })).toEqual([]);
      }),
      runs,
    );
  });

  const confirm = { id: 'a.confirm', label: 'Confirm', signs: true };

  it('shows all of what a button signs, in as many pieces as it takes', () => {
    const note = `${'The patch is on the test firewall, the branch offices wait. '.repeat(66)}It is NOT to be counted as finished`;
    const shown = rendered({
      text: 'I would write this.',
      facts: [{ label: 'Note', value: note }],
      buttons: [confirm],
    });

    expect(wordsOf(shown)).toContain(note);
    expect(wordsOf(shown)).toContain('Confirm');
    expect(wrongInBlocks(shown, 'message')).toEqual([]);
  });

  it('has nothing to sign where not all of it can be shown, and says so', () => {
    const cancel = { id: 'a.cancel', label: 'Cancel' };
    const long = { label: 'Note', value: `${'word '.repeat(2_500)}NOT finished` };
    const many = Array.from({ length: 60 }, (_each, at) => ({
      text: `file ${at}`,
      button: { id: `a.${at}`, label: 'Open' },
    }));

    for (const parts of [{ facts: [long] }, { items: many }]) {
      const shown = wordsOf(rendered({ text: 'I would write this.', buttons: [confirm, cancel], ...parts }));
      expect(shown).not.toContain('Confirm');
      expect(shown).toContain('Cancel');
      expect(shown).toContain('too long to be shown whole here');
    }
  });

  it('shows the words of every part', () => {
    const parts: ReplyParts = {
      text: 'The answer.', about: 'The question?', generated: true, note: 'Settled by Erin.',
      passages: [{ n: 1, text: 'A passage that matters.', marks: [[2, 9]] }],
      citations: [{ n: 1, kind: 'policy', policy: 'Mobile Device Policy', version: '2.1', section: '3.2', heading: 'Phones', effectiveFrom: '2026-03-01', quote: 'quoted' }],
      facts: [{ label: 'Reference', value: 'Q-12' }],
      progress: { label: 'Read by', done: 3, total: 10 },
      items: [{ text: 'An open task', detail: 'since Monday', button: { id: 'task', label: 'Look' } }],
      table: { columns: ['Control', 'State'], rows: [['A.5.1', 'done']] },
      choices: [{ id: 'say?text=more', label: 'Tell me more' }],
      buttons: [{ id: 'go', label: 'Ask the owner', style: 'primary' }, { id: 'yes', label: 'Helpful', feedback: 'helpful' }, { id: 'no', label: 'Not helpful', feedback: 'not-helpful' }],
      form: { id: 'f', title: 'A form', submitLabel: 'Send', fields: [] },
    }; // prettier-ignore

    const shown = wordsOf(rendered(parts));

    for (const word of ['The answer.', 'The question?', 'Written by AI', 'Settled by Erin.', 'passage', 'Mobile Device Policy v2.1', 'Q-12', '3 of 10', 'An open task', 'since Monday', 'Look', 'A.5.1', 'Tell me more', 'Ask the owner', 'Helpful', 'Open the form'])
      expect(shown).toContain(word); // prettier-ignore
    expect(rendered(parts).map((block) => block.type)).toEqual([
      'rich_text', 'context', 'rich_text', 'rich_text', 'section', 'table', 'section', 'context', 'actions', 'actions', 'actions', 'context', 'context_actions',
    ]); // prettier-ignore
  });

  it('leads back to the message that an entry came from, and shows any other address as words', () => {
    const button = { id: 'task', label: 'Look' };
    const entries = (link: string) => rendered({ text: '', items: [{ text: 'Raised', detail: 'by Omar', link }, { text: 'Done', link, button }] });

    for (const link of ownLinks) {
      const blocks = entries(link);
      expect(blocks.map(({ type }) => type)).toEqual(['rich_text', 'section', 'rich_text']);
      expect(JSON.stringify(blocks).split(JSON.stringify({ type: 'link', url: link, text: 'message' }))).toHaveLength(3);
      expect(wrongInBlocks(blocks, 'message')).toEqual([]);
    }
    for (const link of otherLinks) {
      const blocks = entries(link);
      expect(blocks.map(({ type }) => type)).toEqual(['section', 'context', 'section', 'context']);
      expect(JSON.stringify(blocks)).not.toMatch(/https:\/\/|"link"|"url"/);
      expect(wordsOf(blocks)).toContain('message: https[:]//');
    }
  }); // prettier-ignore

  it('opens an address that was given as evidence, by the name of where it leads and not of what stands in it', () => {
    const leadsTo = 'https://slack.com@evil.example/a?b=1';

    const blocks = rendered({ text: 'https://slack.com@evil.example', leadsTo });

    expect(JSON.stringify(blocks)).toContain(JSON.stringify({ type: 'link', url: leadsTo, text: 'Open evil.example' }));
    expect(JSON.stringify(blocks).split('https://')).toHaveLength(2);
    expect(() => Reply.parse({ text: '', leadsTo: 'javascript:alert(1)' })).toThrow();
  }); // prettier-ignore

  it('says in words what did not fit', () => {
    const table = { columns: ['n'], rows: Array.from({ length: 250 }, (_each, n) => [String(n)]) };
    const items = Array.from({ length: 80 }, (_each, n) => ({ text: `Task ${n}` }));

    const shown = wordsOf(rendered({ text: 'long '.repeat(5_000), table, items }));

    expect(shown).toContain('151 more rows are left out.');
    expect(shown).toMatch(/\d+ more are not shown here\./);
    expect(shown).toContain('Shortened');
  });

  it('marks the matching words of a passage', () => {
    const [block] = rendered({ text: '', passages: [{ n: 1, text: 'one two three', marks: [[4, 7]] }] });

    expect(JSON.stringify(block)).toContain('{"type":"text","text":"two","style":{"bold":true}}');
  });

  it('reads well as plain text, escaped', () => {
    const text = fallbackText(
      Reply.parse({ text: 'Is 1 < 2 & true? <!channel>', buttons: [{ id: 'x', label: 'Ask' }] }),
    );

    expect(text).toBe('Is 1 &lt; 2 &amp; true? &lt;!channel&gt;\nYou can press: Ask.');
  });
});

describe('a form in Slack', () => {
  it.each([
    ['a sentence', 'It is NOT to be counted as finished.'],
    ['more than one field holds', `${'They wait for the vendor. '.repeat(150)}NOT finished`],
    ['lines', `${'They wait.\n'.repeat(340)}NOT finished`],
    ['one endless word', `${'x'.repeat(3_999)}👍${'y'.repeat(3_500)}`],
  ])('gives back all of a text that stood in it: %s', (_name, value) => {
    const field = {
      name: 'note',
      label: 'Note',
      kind: 'multiline' as const,
      required: true,
      hint: null,
      value,
      options: [],
      error: null,
    };
    const view = renderForm(
      { id: 'a.form', title: 'Update', submitLabel: 'Save', fields: [field] },
      notes,
      'Look at it.',
    );
    const inputs = (view?.blocks ?? []).flatMap((block) =>
      block.type === 'input' ? [block as types.InputBlock] : [],
    );

    const sent = inputs.map(({ block_id, element }) => [
      block_id,
      {
        value: {
          type: 'plain_text_input',
          value: 'initial_value' in element ? (element.initial_value as string) : null,
        },
      },
    ]);

    expect(wrongInView(view as never)).toEqual([]);
    expect(fieldsOf({ values: Object.fromEntries(sent) as never })).toEqual({ note: value });
  });

  it('fits every limit of a modal, whatever it holds', () => {
    fc.assert(
      fc.property(form, words, (parts, lead) => {
        const view = renderForm(parts, notes, lead);

        if (view !== null) expect(wrongInView(view as unknown as Record<string, unknown>)).toEqual([]);
      }),
      runs,
    );
  });

  it('has an element for each kind of field, with its value', () => {
    const option = (value: string) => ({ value, label: `Label ${value}` });
    const many = Array.from({ length: 12 }, (_each, n) => option(String(n)));
    const base = {
      label: 'L',
      required: true,
      hint: 'H',
      error: null,
      options: [] as ReturnType<typeof option>[],
    };
    const fields: Form['fields'] = [
      { ...base, name: 'a', kind: 'text', value: 'x' },
      { ...base, name: 'b', kind: 'multiline', value: null },
      { ...base, name: 'c', kind: 'choice', value: '1', options: [option('1'), option('2')] },
      { ...base, name: 'd', kind: 'choice', value: '3', options: many },
      { ...base, name: 'e', kind: 'choices', value: '1, 2', options: [option('1'), option('2')] },
      { ...base, name: 'f', kind: 'choices', value: null, options: many },
      { ...base, name: 'g', kind: 'date', value: '2026-02-30' },
      { ...base, name: 'h', kind: 'date', value: '2026-02-28' },
      { ...base, name: 'i', kind: 'number', value: '4.5' },
    ];

    const view = renderForm({ id: 'form', title: 'T', submitLabel: 'S', fields }, notes, '');

    const elements = (view?.blocks ?? []).map((block) => ('element' in block ? block.element : null));
    expect(elements.map((element) => element?.type)).toEqual([
      'plain_text_input', 'plain_text_input', 'radio_buttons', 'static_select', 'checkboxes', 'multi_static_select', 'datepicker', 'datepicker', 'number_input',
    ]); // prettier-ignore
    expect(elements[2]).toMatchObject({ initial_option: { value: '1' } });
    expect(elements[4]).toMatchObject({ initial_options: [{ value: '1' }, { value: '2' }] });
    expect(elements[6]).not.toHaveProperty('initial_date');
    expect(elements[7]).toMatchObject({ initial_date: '2026-02-28' });
  });

  it('names its errors by the field that they belong to', () => {
    const fields: Form['fields'] = [
      {
        name: 'a',
        label: 'A',
        kind: 'text',
        required: true,
        hint: null,
        value: null,
        options: [],
        error: null,
      },
      {
        name: 'b',
        label: 'B',
        kind: 'text',
        required: true,
        hint: null,
        value: null,
        options: [],
        error: 'Too short.',
      },
    ];

    expect(errorsOf({ id: 'f', title: '', submitLabel: '', fields })).toEqual({ '1:b': 'Too short.' });
    expect(errorsOf({ id: 'f', title: '', submitLabel: '', fields: fields.slice(0, 1) })).toBeNull();
  });
});

const hostile = [
  '<!channel>', '<!here|here>', '<!subteam^S1>', '<@U123>', '<#C1>', '<https://e.example|click>', '[click](https://e.example)',
  '![x](https://e.example/p.png)', '[x][1]\n\n[1]: https://e.example', 'https://e.example/?q=1', 'www.e.example', 'javascript:alert(1)', '*bold* _it_ ~s~ `code`',
  '# head', '> quote', '- item', '    code', 'Title\n=====', '1. one', '| a | b |\n|---|---|', '```\ncode\n```', '&lt;!channel&gt;', ':siren:',
  ...hostileStrings(),
]; // prettier-ignore

describe('hostile words in Slack', () => {
  it.each(hostile)('%j neither ping, link nor format', (text) => {
    const { blocks, text: fallback } = renderReply(Reply.parse({ text, about: text, note: text }), rendering);
    const markdown = escapedMarkdown(text);

    expect(wrongInBlocks(blocks, 'message')).toEqual([]);
    expect(fallback).not.toMatch(/[<>]/);
    expect(JSON.stringify(blocks)).not.toMatch(/https?:\/\//);
    expect(markdown).not.toMatch(/[<>]|https?:\/\//);
    // Each sign of Markdown stands for itself, behind a backslash; what is shown is what was said.
    expect(markdown.replace(/\\./g, 'x')).not.toMatch(/[`*_{}[\]()#+!~]|^ {4}|^=/m);
    expect(unescapedMarkdown(markdown)).toBe(unescapedMarkdown(escapedMarkdown(unescapedMarkdown(markdown))));
  });
});

describe('what a person typed', () => {
  it.each([
    ['<@UBOT> may I?', 'may I?'],
    ['ask <@U2|erin> and <@U3>', 'ask @erin and @someone'],
    ['in <#C1|general>', 'in #general'],
    [
      '<!here> see <https://e.example/a|this> or <https://e.example>',
      '@here see this (https://e.example/a) or https://e.example',
    ],
    ['1 &lt; 2 &amp;&amp; 3', '1 < 2 && 3'],
    ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
    ['<broken', '<broken'],
  ])('%j is read as %j', (text, expected) => {
    expect(unmarked(text, 'UBOT')).toBe(expected);
  });
});
