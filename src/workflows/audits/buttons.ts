/** Buttons of the room, and what its records are called in a line. */
import { buttonsOf } from '../../dialogue/buttons.ts';
import { actionId } from '../../conversation/contract.ts';
import { kindInWords, type Audit } from '../../isms/audit/audit.ts';
import { dayInWords } from '../../language/calendar.ts';
import { languageOf, wording, type Say } from '../../language/wording.ts';

export const room = 'audits';
export const programmeRoom = 'audit-programmes';

export const { recordButton, signButton } = buttonsOf(room);

export function moveButton(move: string, label: string, record: string, opensForm = true) {
  return { id: actionId(`${room}.${opensForm ? 'fill' : 'move'}`, { record, move }), label, opensForm };
}

export const lookButton = (reference: string, label = 'Look') => recordButton('show', label, reference);

export function sayTo(person: { locale: string }): Say {
  return wording('audits', languageOf(person));
}

/** «12 March 2027», «12 March 2027 to 14 March 2027». */
export function daysInWords(from: string, until: string | null): string {
  return until === null || until === from ? dayInWords(from) : `${dayInWords(from)} to ${dayInWords(until)}`;
}

export function daysOf({ heldFrom, heldUntil, plannedFrom, plannedUntil }: Audit): string {
  return heldFrom === null ? daysInWords(plannedFrom, plannedUntil) : daysInWords(heldFrom, heldUntil ?? plannedUntil);
} // prettier-ignore

export function kindOf({ kind }: Pick<Audit, 'kind'>): string {
  return kindInWords[kind];
}
