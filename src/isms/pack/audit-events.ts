/** What the log holds of auditors' packs. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const choices = { names: z.string(), scores: z.boolean(), selfAssessments: z.boolean(), upTo: z.string() };

const pack = declareEvents('pack', {
  taken: event(
    { ...choices, sha256: z.string(), sums: z.string(), bytes: z.number(), files: z.number(), withheld: z.number() },
    ({ who, detail }) => `${who} took an auditor's pack of ${String(detail.files)} files (SHA-256 ${String(detail.sha256)})`,
  ),
  chosen: event({ person: z.number(), ...choices }, ({ who, detail, name }) => `${who} chose what ${name(detail.person)} may take as a pack`),
  withdrawn: event({ person: z.number() }, ({ who, detail, name }) => `${who} withdrew the pack of ${name(detail.person)}`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    pack: typeof pack;
  }
}
