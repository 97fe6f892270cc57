/** A policy on phones, which the doors' conversations are about. */

export const reportLostPhones = 'Lost phones are reported to the helpdesk within one hour';

/** @param sentences  of its one section, without full stops */
export function phonePolicy(
  sentences: string[] = [
    'Personal phones may read company mail only after they are enrolled',
    reportLostPhones,
  ],
): string {
  return `---
ref: MDP
title: Mobile Device Policy
status: published
effective: 2026-03-01
version: "2.1"
owner: hugo@test.example
---
# Mobile Device Policy

## 3.2 Personal devices

${sentences.join('. ')}.
`;
}

/** One section, on what a personal phone must be and do. */
export const enrolledPhones = `---
ref: POL-07
title: Mobile Device Policy
effective: 2026-03-01
---
# Mobile Device Policy

## 3.2 Personal devices

A personal phone may be used for work mail if it is enrolled first. The phone must be encrypted and lock itself within 2 minutes.
`;
