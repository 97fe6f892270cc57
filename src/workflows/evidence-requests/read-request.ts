/** Reads from plain words whom somebody asks for which evidence, for what and until when; and what an auditor wants to see. */
import { readDates, type DateReading } from '../../language/dates.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { audits } from '../../isms/audit/audit.ts';
import { findRequirement } from '../../records/requirement.ts';
import { referenceIn } from '../../records/reference.ts';

const asking = words('evidence/asking');
const joint = words('evidence/joint');
const until = words('evidence/until');
const urgent = words('evidence/urgent');
const request = words('evidence/request');
const showMe = words('evidence/show me');
const document = words('evidence/document');
const of = words('evidence/of');
const access = words('evidence/access');

export interface SaidRequest {
  /** Without the day, the requirements and «urgent»: of whom and what, or only what. */
  rest: string;
  requirements: string[];
  dueOn: string | null;
  isUrgent: boolean;
  /** Reference of the audit that it is asked for in. */
  audit: string | null;
}

/** «ask Ben for …»; null where they ask nobody. Whether that is somebody here is for the caller to find out. */
export function readAsking(text: string, reading: DateReading): SaidRequest | null {
  const said = bareRequest(text);
  const begun = asking.begins(said);
  if (begun?.from !== 0 || said.includes('?')) return null;
  const read = readRequest(said.slice(begun.to), reading);
  // «Ask Ben» alone may be about anything.
  return read.requirements.length === 0 && read.dueOn === null && read.audit === null ? null : read;
}

/** What an auditor asks for: outright, or politely, where it is not a document that we can show. */
export function readWanted(
  text: string,
  reading: DateReading,
): (SaidRequest & { isOutright: boolean }) | null {
  const said = bareRequest(text, /[.!?]/);
  const outright = request.begins(said);
  if (outright?.from === 0 && /^\s*[:–-]/.test(said.slice(outright.to)))
    return { ...readRequest(said.slice(outright.to).replace(/^\s*[:–-]+/, ''), reading), isOutright: true };
  const polite = showMe.begins(said);
  if (polite?.from !== 0 || document.has(said)) return null;
  const read = readRequest(said.slice(polite.to), reading);
  return titleOf(read.rest).length < shortestTitle ? null : { ...read, isOutright: false };
}
/** Characters. */
const shortestTitle = 4;

export function readRequest(text: string, reading: DateReading): SaidRequest {
  const day = lastDay(text, reading);
  const dated = day === null ? text : `${text.slice(0, day.from)} ${text.slice(day.to)}`;
  const audit = referenceIn(dated, audits.prefix);
  const found = requirementsIn(audit === null ? dated : dated.replace(inAudit, ' '));
  const hurry = urgent.find(found.rest);
  const rest =
    hurry === null ? found.rest : `${found.rest.slice(0, hurry.from)} ${found.rest.slice(hurry.to)}`;
  return {
    rest: rest
      .replace(/\s+/g, ' ')
      .replace(/^[\s,;:–-]+|[\s,;:–-]+$/g, '')
      .trim(),
    requirements: found.requirements,
    dueOn: day?.day ?? null,
    isUrgent: hurry !== null,
    audit,
  };
}

/** «in AU-2026-004», «for the audit AU-4». */
const inAudit = new RegExp(`(?:\\b(?:for|in|of|zu|für|im|pour|dans|para|en)\\s+)?(?:\\b(?:the|das|dem|l'|el|la)\\s+)?(?:\\baudit\\s+)?\\b${audits.prefix}-(?:\\d{4}-)?\\d{1,6}\\b`, 'iu'); // prettier-ignore

/** The last day with a word before it that makes it one to be done by, or one that ends the text. */
function lastDay(text: string, reading: DateReading): { day: string; from: number; to: number } | null {
  for (const { day, text: said, index } of readDates(text, reading).toReversed()) {
    const led = until.ends(text.slice(0, index));
    const to = index + said.length;
    if (led !== null && text.slice(led.to, index).trim() === '') return { day, from: led.from, to };
    if (text.slice(to).trim() === '') return { day, from: index, to };
  }
  return null;
}

const named =
  /(?:\b(for|für|pour|para|zu|to|of|on|and|und|et|y|de)\s+)?(?:\b(clause|control|annex|klausel|kapitel|maßnahme|chapitre|mesure|contrôle|cláusula)\s+)?\b(A[. ]?\d{1,2}\.\d{1,2}|\d{1,2}(?:\.\d{1,2}){1,2})(?![\d.]*\d)/giu;

function requirementsIn(text: string): { requirements: string[]; rest: string } {
  const requirements: string[] = [];
  const rest = text.replace(
    named,
    (whole: string, lead: string | undefined, kind: string | undefined, number: string) => {
      const isNamed = /^a/i.test(number) || lead !== undefined || kind !== undefined;
      const found = isNamed ? findRequirement(kind === undefined ? number : `${kind} ${number}`) : null;
      if (found === null) return whole;
      requirements.push(found.id);
      return ' ';
    },
  );
  return { requirements: [...new Set(requirements)], rest };
}

/** Whether it names a thing, as «for the access review» does. */
export function namesThing(rest: string): boolean {
  return joint.begins(rest)?.from === 0;
}

/** Without the small words before it, with a capital. */
export function titleOf(rest: string): string {
  let title = rest.trim();
  for (let led = joint.begins(title); led?.from === 0 && led.to < title.length; led = joint.begins(title))
    title = title.slice(led.to).trim();
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** Of which clause or control somebody asks for the evidence; null where they ask for something else. */
export function readOf(text: string): string | null {
  const said = bareRequest(text);
  const begun = of.begins(said);
  return begun?.from === 0 ? (findRequirement(said.slice(begun.to).trim())?.id ?? null) : null;
}

/** Until which day an auditor is to read; an empty day where none is said, null where they ask for something else. */
export function readAccess(text: string, reading: DateReading): { until: string } | null {
  const said = bareRequest(text);
  const begun = access.begins(said);
  if (begun?.from !== 0) return null;
  const rest = said.slice(begun.to);
  const { dueOn, rest: left } = readRequest(rest, reading);
  return left === '' ? { until: dueOn ?? '' } : null;
}
