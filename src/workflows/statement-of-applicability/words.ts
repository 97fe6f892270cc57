/** The words of the Statement of Applicability: what asks for it, and what would write one control of it anew. */
import { plain, words, replaced } from '../../language/vocabulary.ts';
import { bareRequest } from '../../language/text.ts';
import { requirements } from '../../records/requirement.ts';
import type { EntryValues } from '../../isms/statement-of-applicability/entry.ts';

export const room = 'statement-of-applicability';

const soa = words('statement-of-applicability/soa');
const editions = words('statement-of-applicability/editions');
const exclusions = words('statement-of-applicability/exclusions');
const asks = words('statement-of-applicability/asks');
const begin = words('statement-of-applicability/begin');
const lacks = words('statement-of-applicability/lacks');
const changes = words('statement-of-applicability/changes');
const writes = words('statement-of-applicability/write');
const says = words('statement-of-applicability/says');
const because = words('statement-of-applicability/because');
const basis = words('statement-of-applicability/basis');

/** «A.8.11», «a 8.11», «control 8.11», «Annex A 8.11». */
const numbered =
  /\b(?:(?:control|maßnahme|mesure|annex|anhang|annexe|anexo)\s+)*(?:a[\s.-]?)(\d\.\d{1,2})\b|\b(?:control|maßnahme|mesure)\s+(\d\.\d{1,2})\b/giu;
/** Words of the longest question about one control. */
const mostAsked = 14;

export type Asked =
  | { what: 'soa' | 'editions' | 'exclusions' | 'begin' | 'lacks' | 'changes' }
  | { what: 'control'; control: string }
  | { what: 'write'; control: string; values: Partial<EntryValues> };

/** Null where the words ask something else. */
export function readAsked(text: string): Asked | null {
  const said = bareRequest(text, /[.!?¿¡]/);
  for (const [what, list] of Object.entries({ soa, editions, exclusions, begin, lacks, changes }))
    if (list.is(said) !== null) return { what: what as 'soa' };
  const named = namedIn(said);
  if (named === null) return null;
  const { control, marked } = named;
  if (marked.split(/\s+/).length <= mostAsked && asks.is(marked) !== null)
    return { what: 'control', control };
  const lead = writes.find(marked);
  if (text.includes('?') || lead === null || lead.from > 0) return null;
  const values = readValues(said.slice(lead.text.length));
  const isNamed = /\b(?:soa|dda|sda)\b/iu.test(said);
  if (!isNamed && values.applies === undefined && values.implemented === undefined) return null;
  return { what: 'write', control, values };
}

/** One control by its number, else by its title, and the words with a mark in its place; null for none or several. */
function namedIn(said: string): { control: string; marked: string } | null {
  const numbers = [...said.matchAll(numbered)].map(({ 0: written, 1: one, 2: other, index }) => ({
    control: `A.${one ?? other ?? ''}`,
    from: index,
    to: index + written.length,
  }));
  const known = numbers.filter(({ control }) => requirements().has(control));
  const controls = new Set(known.map(({ control }) => control));
  const [first] = known;
  if (first !== undefined)
    return controls.size > 1
      ? null
      : {
          control: first.control,
          marked: replaced(said, known, () => ' xcontrol ')
            .replace(/\s+/g, ' ')
            .trim(),
        };
  const folded = plain(said);
  const titled = [...requirements().values()]
    .filter(({ kind, title }) => kind === 'control' && ` ${folded} `.includes(` ${plain(title)} `))
    .toSorted((one, other) => other.title.length - one.title.length)[0];
  return titled === undefined
    ? null
    : { control: titled.id, marked: ` ${folded} `.replace(` ${plain(titled.title)} `, ' xcontrol ').trim() };
}

/** What the words say of the control; what they do not say is left out. */
function readValues(text: string): Partial<EntryValues> {
  const values: Partial<EntryValues> = {};
  const reason = reasonIn(text);
  const head = reason === null ? text : text.slice(0, reason.from);
  const said = says.meanings(head)[0];
  if (said === 'excluded') values.applies = false;
  else if (said === 'applies') values.applies = true;
  else if (said === 'yes' || said === 'partly' || said === 'planned' || said === 'no') {
    values.applies = true;
    values.implemented = said;
  }
  if (reason === null) return values;
  const why = text.slice(reason.to).replace(/^[\s:,;–-]+/, '').trim();
  if (why !== '') values.justification = why;
  const on = basis.find(why)?.meaning;
  if (on !== 'risk' && on !== 'law' && on !== 'contract' && on !== 'decision') return values;
  values.basis = on;
  // «decision of 3 May», «contract with Kestrel § 4»: where it stands, once more than the bare word is said.
  const written = why.slice(basis.find(why)?.from).split(/[,;]/)[0]?.trim() ?? '';
  if (written.includes(' ')) values.basisReference = written;
  return values;
} // prettier-ignore

function reasonIn(text: string): { from: number; to: number } | null {
  const word = because.find(text);
  // A number has no colon behind it, and «A.8.30: does not apply» says first what is so.
  const colon = [...text.matchAll(/[:;–—]\s/g)].at(-1);
  if (word !== null && (colon === undefined || word.from < colon.index)) return word;
  if (colon === undefined || says.find(text.slice(0, colon.index)) === null) return word;
  return { from: colon.index, to: colon.index + colon[0].length };
}
