/** Reads «are we ready for Stage 2?» and «where did we stand on 1 June?»: the audit that is meant, and the day. */
import type { Stage } from '../../isms/readiness/verdict.ts';
import { readDates, type DateReading } from '../../language/dates.ts';
import { words } from '../../language/vocabulary.ts';

export interface Asked {
  /** Null for the audit that comes next. */
  stage: Stage | null;
  /** As 2026-06-01; null for now. */
  day: string | null;
}

const asked = words('readiness/asked');
const stagesSaid = words('readiness/stages');
const beforeDay = words('readiness/before a day');

/** @returns null where they ask something else */
export function readAsked(text: string, reading: Omit<DateReading, 'towards'>): Asked | null {
  const [date, ...others] = readDates(text, { ...reading, towards: 'past' });
  if (others.length > 0) return null;
  const said = date === undefined ? text : without(text, date);
  if (asked.is(said) === null) return null;
  return { stage: stageIn(said), day: date?.day ?? null };
}

/** Takes out a day with the word before it. */
function without(text: string, { text: said, index }: { text: string; index: number }): string {
  const head = text.slice(0, index).trimEnd();
  const joint = beforeDay.ends(head);
  return `${joint === null ? head : head.slice(0, joint.from)} ${text.slice(index + said.length)}`.trim();
}

/** @returns null where no single audit is named */
function stageIn(text: string): Stage | null {
  const meaning = stagesSaid.find(text)?.meaning;
  return meaning === 'stage1' || meaning === 'stage2' || meaning === 'surveillance' || meaning === 'recertification' ? meaning : null; // prettier-ignore
}
