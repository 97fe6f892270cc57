/** A policy in two versions, as the tests of acknowledgements ask for it. */
import type { Database } from '../../../src/db/database.ts';
import { askToAcknowledge, type Ask } from '../../../src/isms/acknowledgement/request.ts';
import { givenDocument } from '../../support/harness.ts';

interface Parts {
  ref?: string;
  title?: string;
  effective?: string;
  characters?: number;
  /** Further lines of its front matter. */
  more?: string;
  /** Further sections. */
  rest?: string;
}

export const policy = (version: string, { ref = 'POL-03', title = 'Access Control Policy', effective = '2026-01-01', characters = 12, more = '', rest = '' }: Parts = {}) => `---
ref: ${ref}
title: ${title}
version: "${version}"
status: published
owner: hugo@test.example
effective: ${effective}
audience: [everyone]
${more}
---

# ${title}

## 1 Purpose

People get the access that they need, and no more.

## 2 Passwords

You use passwords of at least ${characters} characters. Nobody shares them.

${rest}
`; // prettier-ignore

/** In the same file, as an organisation keeps it. */
export const stored = (db: Database, source: string, now: Date) =>
  givenDocument(db, 'access.md', source, { now });

export async function ask(
  db: Database,
  emails: readonly string[],
  at: Date,
  more: Partial<Ask> = {},
): Promise<number[]> {
  const { rows } = await db.query('select id from person where email = any($1) order by id', [emails]);
  const [document] = (await db.query("select id from document where reference = 'POL-03'")).rows;
  const whole: Ask = {
    documentId: Number(document?.['id']),
    people: rows.map(({ id }) => Number(id)),
    dueOn: '2026-12-09',
    campaignId: null,
    why: 'you work here',
    ...more,
  };
  return db.transaction((tx) => askToAcknowledge(tx, { id: null, at }, whole));
}
