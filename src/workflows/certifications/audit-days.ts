/** Audit days by kind, as people write and read them: «Stage 1: 1.5, Stage 2: 4». */
import { Refusal } from '../../errors.ts';
import { visitKinds, type AuditDays } from '../../isms/certification/certification.ts';
import { words } from '../../language/vocabulary.ts';

const visits = words('certification/visits');
export const visitNames = { stage1: 'Stage 1', stage2: 'Stage 2', surveillance: 'Surveillance', recertification: 'Recertification' } as const; // prettier-ignore

/** @throws Refusal for a part that says no kind, or no days */
export function readAuditDays(text: string): AuditDays {
  const parts = text.split(/[;\n]|,(?!\d)/).map((part) => part.trim()).filter((part) => part !== ''); // prettier-ignore
  return Object.fromEntries(
    parts.map((part) => {
      const begun = visits.begins(part);
      const days = Number(/(\d+(?:[.,]\d+)?)/.exec(part.slice(begun?.to ?? 0))?.[1]?.replace(',', '.') ?? Number.NaN);
      const kind = visitKinds.find((each) => each === begun?.meaning);
      if (kind === undefined || !(days > 0 && days <= 365)) throw new Refusal(`«${part}»: write the days as «Stage 1: 1.5, Stage 2: 4»`);
      return [kind, days];
    }),
  );
} // prettier-ignore

export function auditDaysInWords(days: AuditDays): string | null {
  const said = visitKinds.flatMap((kind) => (days[kind] === undefined ? [] : [`${visitNames[kind]}: ${days[kind]}`]));
  return said.length === 0 ? null : said.join(', ');
} // prettier-ignore
