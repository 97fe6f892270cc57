/** What people write into the cells of a register, read as values. Each reader throws a Refusal that says what is wrong and what to write. */
import { readDay, shortly, type Reader } from '../../../dialogue/import-cells.ts';
import { Refusal } from '../../../errors.ts';
import { actionPurposes, actionStates } from '../../../isms/corrective-action/corrective-action.ts';
import { readCheckLine } from '../../../isms/register/transfer.ts';
import {
  causeMethods,
  grades,
  nonconformityStates,
  sources,
} from '../../../isms/nonconformity/nonconformity.ts';
import { results } from '../../../isms/nonconformity/effectiveness.ts';
import { plain, words } from '../../../language/vocabulary.ts';
import { parseReference } from '../../../records/reference.ts';

/** An instant in ISO with its zone, or a day, which stands for its beginning in UTC. */
export function readInstant(text: string): Date {
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const date = new Date(instant ? text : `${readDay(text)}T00:00:00Z`);
  if (Number.isNaN(date.getTime()))
    throw new Refusal(`«${shortly(text)}» is no date; write it as 2026-02-28`);
  return date;
}

export function readLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** NC-2024-007, also written NC-2024-7. */
export function readReference(prefix: 'NC' | 'CA'): Reader<string> {
  return (text) => {
    const said = parseReference(text);
    if (said?.prefix === prefix && said.year !== null)
      return `${prefix}-${said.year}-${String(said.number).padStart(3, '0')}`;
    throw new Refusal(
      `«${shortly(text)}» is no reference; write ${prefix}-2024-007: ${prefix}, year, number`,
    );
  };
}

/** As an export writes them. */
export function readCheckLines(text: string): string[] {
  const lines = readLines(text);
  for (const line of lines)
    try {
      readCheckLine(line);
    } catch {
      throw new Refusal(`«${shortly(line)}» is no check as an export of mine writes it`);
    }
  return lines;
}

/** References of similar non-conformities, between commas, semicolons or on lines of their own. */
export function readSimilar(text: string): string[] {
  const parts = text.split(/[,;\n]/).map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const reference = readReference('NC')(part.replace(/\s*\(same cause\)$/i, ''));
      return /\(same cause\)$/i.test(part) ? `${reference} (same cause)` : reference;
    })
    .toSorted();
}

/** One of our values by its name, or by what else people write for it. */
function readWord<T extends string>(list: string, values: readonly T[]): Reader<T> {
  const known = words(`cells/${list}`);
  return (text) => {
    const said = plain(text);
    const value = values.find((each) => each.replaceAll('_', ' ') === said) ?? known.is(said);
    if (value !== null) return value as T;
    throw new Refusal(`«${shortly(text)}» is not known; write one of ${values.join(', ')}`);
  };
}

export const readGrade = readWord('grade', grades);
export const readSource = readWord('source', sources);
export const readNonconformityState = readWord('nonconformity state', [
  ...nonconformityStates,
  'in_progress' as const,
]);
export const readActionPurpose = readWord('action purpose', actionPurposes);
export const readActionState = readWord('action state', actionStates);
export const readCauseMethod = readWord('cause method', causeMethods);
export const readResult = readWord('result', results);
export const readBodyAnswer = readWord('body answer', ['accepted', 'returned'] as const);
export const readDecision = readWord('decision', ['accepted', 'declined'] as const);
