/** What the log holds of deliveries, inputs, installations and tenants: no words of anybody's. */
import { z } from 'zod';
import { declareEvents, event } from '../db/audit-event.ts';

const keyed = { keyId: z.string().nullable() };

const deliveries = declareEvents('delivery', {
  resent: event(
    { was: z.string() },
    ({ who, it, detail }) => `${who} sent ${it} again (it was ${detail.was ?? 'given up'})`,
  ),
});
const inputs = declareEvents('input', {
  run_again: event({}, ({ who, it }) => `${who} had ${it} run again`),
});
const installations = declareEvents('installation', {
  saved: event(keyed, ({ it }) => `${it} let Isma in`),
  removed: event({}, ({ it }) => `${it} shut Isma out`),
  reencrypted: event(
    keyed,
    ({ who, it }) => `${who} encrypted what ${it} let Isma in with under another key`,
  ),
});
const tenants = declareEvents('tenant', {
  trusted: event({ by: z.literal('first') }, ({ it }) => `${it} was the first, so its people are ours`),
});

declare module '../db/audit-event.ts' {
  interface AuditEvents {
    delivery: typeof deliveries;
    input: typeof inputs;
    installation: typeof installations;
    tenant: typeof tenants;
  }
}
