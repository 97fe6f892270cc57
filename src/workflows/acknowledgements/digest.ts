/** What somebody needs to know before they read: what changed since what they acknowledged, or what it is about where they never did. */
import type { PassageExcerpt } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import {
  selectLastAcknowledged,
  selectVersionBeside,
  type Acknowledgement,
  type RequestedText,
} from '../../isms/acknowledgement/acknowledgement.ts';
import { selectSections } from '../../isms/policy-question/policy.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { sentencesOf } from '../../knowledge/quote.ts';
import { dayOf } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import {
  changesBetween,
  type Line,
  type Section,
  type SectionChange,
} from '../../knowledge/section-changes.ts';
import type { Phrases } from './phrases.ts';

/** Sections that stand open on a card, and sentences of each. */
const most = { sections: 3, lines: 2, rules: 3 };
/** Characters of a sentence on a card. */
const longest = 180;

const purpose = words('acknowledgements/purpose');
const rule = words('acknowledgements/rule');

/** Knows headings of sections that state no rule: they come last. */
export type Frames = Pick<Lexicon, 'frames'>;
const frames = (lexicon: Frames, { heading }: Section) => lexicon.frames.includes(heading.toLowerCase());

type Said = Pick<PassageExcerpt, 'text'> & Partial<PassageExcerpt>;

/** The changes since what they acknowledged last, in the language that they read now; null where there is nothing to compare. */
async function changesSince(
  tx: Queryable,
  request: RequestedText,
): Promise<{ before: Acknowledgement; changes: SectionChange[] } | null> {
  const before = await selectLastAcknowledged(tx, request);
  const version = before === null ? null : await selectVersionBeside(tx, before, request);
  if (before === null || version === null) return null;
  return {
    before,
    changes: changesBetween(await selectSections(tx, version), await selectSections(tx, request.shownId)),
  };
}

/** By their ids, for whoever asks about them. */
export async function changedSections(tx: Queryable, request: RequestedText): Promise<number[]> {
  const since = await changesSince(tx, request);
  return (since?.changes ?? []).filter(({ is }) => is !== 'gone').map(({ section }) => section.id);
}

export async function whatIsNew(
  tx: Queryable,
  request: RequestedText,
  phrases: Phrases,
  lexicon: Frames,
): Promise<Said[]> {
  const since = await changesSince(tx, request);
  if (since === null) return inShort(await selectSections(tx, request.shownId), phrases, lexicon);
  const { before, changes } = since;
  const on = { version: before.version, day: phrases.day(dayOf(before.acknowledgedAt, 'UTC')) };
  const authors = request.changes === null ? [] : [`«${shortened(request.changes, 2 * longest)}»`];
  if (changes.length === 0) return [{ text: [phrases.say('sameSince', on), ...authors].join('\n') }];
  const isFrame = ({ section }: SectionChange) => frames(lexicon, section);
  const ordered = [...changes.filter((change) => !isFrame(change)), ...changes.filter(isFrame)];
  return [
    { text: [phrases.say('changedSince', on), ...authors].join('\n') },
    ...ordered.map((change, at) => ({ ...changeSaid(change, phrases), folded: at >= most.sections })),
  ];
}

function changeSaid({ is, section, lines }: SectionChange, { say, count }: Phrases): Said {
  const head = `${section.number} ${section.heading}`.trim();
  const how = say(is === 'new' ? 'isNew' : is === 'gone' ? 'isGone' : 'isChanged');
  // What a number or a rule says is what people have to know.
  const matters = (line: Line) => (/\d/.test(line.text) || rule.has(line.text) ? 0 : 1);
  const shown = lines
    .toSorted((one, other) => matters(one) - matters(other))
    .slice(0, is === 'gone' ? 1 : most.lines);
  const left = lines.length - shown.length;
  const said = lines.filter((line) => shown.includes(line)).map((line) => lineSaid(line, is, say));
  return {
    text: [
      `${head} · ${how}`,
      ...said,
      ...(left > 0 && is === 'changed' ? [count('moreHere', left)] : []),
    ].join('\n'),
    marks: [[0, head.length]],
  };
}

function lineSaid(line: Line, is: SectionChange['is'], say: Phrases['say']): string {
  const text = shortened(line.text, longest);
  if (is !== 'changed') return `«${text}»`;
  if (line.is !== 'now') return say(line.is === 'new' ? 'added' : 'removed', { text });
  const before = shortened(line.before, longest / 2);
  return before === '' ? say('now', { text }) : say('nowBefore', { text, before });
}

/** Its purpose, and a few sentences that tell people what to do, from sections of their own. */
function inShort(sections: readonly Section[], { say }: Phrases, lexicon: Frames): Said[] {
  const first = sections.find(({ heading }) => purpose.is(heading) !== null) ?? sections[0];
  const aim = first === undefined ? '' : shortened(sentencesOf(first.body)[0]?.text ?? '', longest);
  const rules = sections
    .filter((section) => section !== first && !frames(lexicon, section))
    .flatMap((section) => {
      const said = sentencesOf(section.body)
        // What goes on from a sentence before makes no sense without it.
        .filter(({ start }) => /(^|\n)\s*(?:[-•*]|\d+\.)?\s*$/.test(section.body.slice(0, start)))
        .filter(({ text, tableHead }) => tableHead === null && text.length <= longest && !text.endsWith(':'))
        .map(({ text }) => ({ text, weight: rule.findAll(text).length + (/\d/.test(text) ? 1 : 0) }))
        .toSorted((one, other) => other.weight - one.weight)[0];
      return said === undefined || said.weight === 0 ? [] : [{ ...said, section }];
    });
  const best = rules.toSorted((one, other) => other.weight - one.weight).slice(0, most.rules);
  const lines = rules
    .filter((each) => best.includes(each))
    .map(({ text, section }) => `• ${text}${section.number === '' ? '' : ` (${section.number})`}`);
  return [{ text: [say('inShort'), aim, ...lines].filter((line) => line !== '').join('\n') }];
}
