/** Replies and forms of any shape and size, for the properties that each door's rendering must have. */
import fc from 'fast-check';

export interface AnyReplyOptions {
  /** Texts that would do something in this door if they were not held to be plain. */
  hostile: string[];
  /** Texts that are repeated until they are longer than the door's limits, and how often. */
  repeated: { units: string[]; counts: number[] };
  /** Whether the ids of buttons and forms may be anything, or hold the words of others only encoded, as ours do. */
  ids: 'anything' | 'ours';
  /** The most entries of a list, a form and the sides of a table. */
  most: { entries: number; buttons: number; fields: number; options: number; rows: number; columns: number };
  /** The longest name of a field and value of an option. */
  name: number;
}

/** What our doors make of a message's ids. */
export const ownLinks = [
  'https://slack.com/archives/C0LAN2Q65/p1515449483000108',
  'https://slack.com/archives/C0LAN2Q65/p1515449483000109?thread_ts=1515449483.000108&cid=C0LAN2Q65',
  'https://teams.microsoft.com/l/message/19%3Aroom%40thread.tacv2/1700000000001?tenantId=t&groupId=g&parentMessageId=1700000000000&createdTime=1700000000001',
  `https://teams.microsoft.com/l/message/19%3A${'long'.repeat(400)}%40thread.v2/1700000000001?context=%7B%22contextType%22%3A%22chat%22%7D`,
];
/** Addresses like them that nobody may be led to, wherever a workflow took them from. */
export const otherLinks = [
  'https://evil.example/?q=1',
  'https://evil.example/slack.com/archives/C1/p1',
  'https://slack.com.evil.example/archives/C1/p1',
  'https://slack.com@evil.example/archives/C1/p1',
  'https://evil.slack.com/archives/C1/p1',
  'https://slack.com/archives/C1/p1?redirect=evil.example',
  'https://slack.com/archives/C1/p1|<!channel>',
  'https://slack.com/archives/C1/p1)[x](https://evil.example',
  'https://slack.com/oauth/v2/authorize?client_id=1',
  'https://teams.microsoft.com/l/chat/0/0?users=a&message=b',
  'https://teams.microsoft.com/l/message/19%3Aa/1?context={{DATE()}}',
  'https://teams.microsoft.com/l/message/../chat/1?a=b',
];

export function anyReply({ hostile, repeated, ids: kind, most, name }: AnyReplyOptions) {
  const words = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('', ' ', '\n', '\u0000', '\uD800', '👩‍👩‍👧', '&amp;', ...hostile),
    fc
      .tuple(fc.constantFrom(...repeated.units), fc.constantFrom(...repeated.counts))
      .map(([unit, count]) => unit.repeat(count)),
  );
  const short = (length: number) => words.map((text) => text.slice(0, length));
  const ids =
    kind === 'anything'
      ? short(1_900)
      : words.map((text) => `a.b?c=${encodeURIComponent(text.toWellFormed())}`.slice(0, 1_900));
  const button = fc.record({
    id: ids, label: short(75), style: fc.constantFrom('plain', 'primary', 'danger'), opensForm: fc.boolean(),
    feedback: fc.constantFrom(null, 'helpful', 'not-helpful'),
  }); // prettier-ignore
  const signing = fc.tuple(button, fc.boolean()).map(([each, signs]) => ({ ...each, signs }));
  const citation = fc.record({
    n: fc.integer({ min: 1, max: 99 }), kind: fc.constantFrom('policy', 'guide', 'answer'), policy: words, version: short(20),
    section: words, heading: words, effectiveFrom: fc.constant('2026-03-01'), quote: words,
  }); // prettier-ignore
  const field = fc.record({
    name: short(name), label: words, kind: fc.constantFrom('text', 'multiline', 'choice', 'choices', 'date', 'number'), required: fc.boolean(),
    hint: fc.option(words), value: fc.option(words), error: fc.option(words),
    options: fc.array(fc.record({ value: short(name), label: words }), { maxLength: most.options }),
  }); // prettier-ignore
  const form = fc.record({
    id: ids,
    title: short(24),
    submitLabel: short(24),
    fields: fc.array(field, { maxLength: most.fields }),
  });
  const row = fc.array(words, { maxLength: most.columns });
  const passage = fc.record({
    n: fc.integer({ min: 1, max: 9 }),
    text: words,
    marks: fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { maxLength: 5 }),
    folded: fc.boolean(),
  });
  const reply = fc.record({
    text: words, title: fc.option(words), line: fc.option(words), late: fc.option(words), about: fc.option(words), generated: fc.boolean(), quoted: fc.boolean(), aside: fc.option(words), note: fc.option(words),
    passages: fc.array(passage, { maxLength: 8 }),
    citations: fc.array(citation, { maxLength: 30 }),
    facts: fc.array(fc.record({ label: words, value: words }), { maxLength: most.entries }),
    progress: fc.option(fc.record({ label: words, done: fc.integer(), total: fc.integer() })),
    items: fc.array(fc.record({ text: words, detail: fc.option(words), late: fc.option(words), button: fc.option(button), link: fc.option(fc.constantFrom(...ownLinks, ...otherLinks)) }), { maxLength: most.entries }),
    choices: fc.array(button, { maxLength: most.buttons }), buttons: fc.array(signing, { maxLength: most.buttons }),
    form: fc.option(form),
    table: fc.option(fc.record({ columns: row, rows: fc.array(row, { maxLength: most.rows }) })),
    files: fc.array(fc.record({ name: words, id: fc.constant('gone') }), { maxLength: 3 }),
    picture: fc.option(fc.record({ name: words, id: fc.constant('gone'), alt: words })),
  }); // prettier-ignore
  return { words, form, reply };
}
