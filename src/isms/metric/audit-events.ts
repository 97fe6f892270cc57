/** What the log holds of metrics and their values. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const metric = declareEvents('metric', {
  recorded: event(
    { title: z.string(), owner: z.number() },
    ({ who, it, detail, name }) =>
      `${who} began to measure ${it} «${detail.title ?? ''}», with ${name(detail.owner)}`,
  ),
  measured: event(
    { period: z.string(), value: z.number(), replaces: z.number().nullable() },
    ({ who, it, detail }) =>
      `${who} recorded ${detail.value ?? ''} for ${it} in ${detail.period ?? ''}${detail.replaces == null ? '' : `, in place of ${detail.replaces}`}`,
  ),
  corrected: event({}, ({ who, it }) => `${who} changed what ${it} measures, or how`),
  ended: event({ from: z.string(), to: z.string() }, ({ who, it }) => `${who} ended ${it}: it is measured no more`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    metric: typeof metric;
  }
}
