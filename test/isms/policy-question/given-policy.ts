/** A small policy of the tests, owned by Hugo, and a question about it. */
import type { Database } from '../../../src/db/database.ts';
import type { QuestionText } from '../../../src/isms/policy-question/check.ts';
import { givenDocument } from '../../support/harness.ts';

/** @param leaving  what its section about leaving says; null where it has none */
export function givenAccessPolicy(
  db: Database,
  version = '1.0',
  leaving:
    string | null = 'Accounts are closed on the last working day. The badge goes back to the reception.',
): Promise<number> {
  const last = leaving === null ? '' : `### 3.2 Leaving\n\n${leaving}\n`;
  return givenDocument(
    db,
    'access.md',
    `---
ref: POL-05
title: Access Control Policy
version: "${version}"
status: published
owner: hugo@test.example
effective: 2026-0${version.startsWith('1') ? 1 : 9}-01
audience: [everyone]
language: en
---

# Access Control Policy

## 3 Rules

### 3.1 Requests

The line manager approves each request for access, and IT sets it up within 2 working days.

${last}`,
  );
}

export const leaving: QuestionText = {
  ask: 'When is the account of somebody who leaves closed?',
  rightAnswer: 'On the last working day',
  wrongAnswers: ['A month later', 'Once the badge is back'],
  why: 'Nobody who has left can sign in any more.',
  shownBy: 'accounts are closed on the last working day',
};

export const requests: QuestionText = {
  ask: 'Who approves a request for access?',
  rightAnswer: 'The line manager',
  wrongAnswers: ['IT', 'Nobody', 'The ISMS manager'],
  why: 'They know what the work needs.',
  shownBy: 'The line manager approves each request',
};
