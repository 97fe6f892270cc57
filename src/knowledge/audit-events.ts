/** What the log holds of documents: which version became what. */
import { z } from 'zod';
import { declareEvents, event, type Telling } from '../db/audit-event.ts';

const stored = {
  reference: z.string().optional(),
  version: z.string().optional(),
  revision: z.number().optional(),
  sha256: z.string().optional(),
  sections: z.number().optional(),
};
const became = (what: string) =>
  event(
    stored,
    ({ who, it, detail }: Telling<{ reference?: string; version?: string }>) =>
      `${who} ${what} ${detail.reference === undefined ? it : `${detail.reference}, version ${detail.version ?? ''}`}`,
  );

const documents = declareEvents('document', {
  draft: became('stored a draft of'),
  in_review: became('stored, for its review,'),
  changes_requested: became('stored, with changes asked for,'),
  approved: became('stored, approved and not in force yet,'),
  published: became('published'),
  superseded: event({}, ({ who, it }) => `${who} superseded ${it}`),
  archived: event({}, ({ who, it }) => `${who} archived ${it}`),
});

declare module '../db/audit-event.ts' {
  interface AuditEvents {
    document: typeof documents;
  }
}
