// What the tests of the package share: engines with stores and clocks of their own, and a small real template.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { init, MemoryStore } from '../../dist/index.js';

export const dist = new URL('../../dist/', import.meta.url);
export const wasm = readFileSync(new URL('sign.wasm', dist));
export const proofWasm = readFileSync(new URL('proof.wasm', dist));
export const keysWasm = readFileSync(new URL('keys.wasm', dist));
export const authorWasm = readFileSync(new URL('author.wasm', dist));

/** One party's device. Options that are getters stay getters. */
export function device(options = {}) {
  const usual = { wasm, authorWasm, proofWasm, keysWasm, store: new MemoryStore(), now: () => new Date(Date.UTC(2026, 10, 22, 12)) };
  return init(Object.defineProperties(usual, Object.getOwnPropertyDescriptors(options)));
}

export const source = `---
template: support-plan
version: 1
title: Support plan
locale: en
roles:
  provider: { label: Provider, signs: true, order: 2 }
  customer: { label: Customer, signs: true, order: 1 }
fields:
  seats: { type: int, label: Seats, min: 1, max: 5000, source: "crm.account.seats" }
  unitPrice: { type: money, currency: EUR, label: Price of a seat, source: "crm.account.unit_price" }
  priority: { type: bool, label: Priority support, role: customer }
  contactName: { type: string, label: Contact for support, role: customer, required: true }
computed:
  annual: seats * unitPrice * 12
---
# Services {#services lock}

Customer may use {{= seats | number }} seats at {{= unitPrice | money }} a month, {{= annual | money }} a year.

Customer wants priority support: {{check: priority}}

# Priority {#priority-terms when="priority"}

Provider answers within one hour.

# Contact {#contact}

The contact is {{input: contactName}}.

# Signatures {#signatures}

{{sign: customerSignature, role=customer}} {{signdate: customerDate, role=customer}}

{{sign: providerSignature, role=provider}}
`;

export const consent = {
  id: 'standard', version: '1', locale: 'en', summary: 'You agree to sign electronically.',
  slots: { paperOption: 'Ask for paper.', scope: 'This agreement.', withdrawal: 'You may withdraw.', contactUpdate: 'Tell us.', copy: 'Save a copy.', requirements: 'A browser.' },
};

/** Compiles `text` and fails loudly where it has errors. */
export async function compile(engine, text = source) {
  const { template, diagnostics } = await engine.templates.compile(text);
  if (!template) throw new Error(diagnostics.map((d) => `${d.span.line}:${d.span.col} ${d.code} ${d.message}\n${d.excerpt}`).join('\n'));
  return template;
}

/** What a device keeps when its page is closed. */
export class Kept extends MemoryStore {
  async close() {}
}

/** An envelope for two who sign, as its sender's device holds it before it is sent. */
export async function prepared(engine, options = {}) {
  const template = await compile(engine);
  const session = await engine.create({
    title: 'Support plan for Acme', sender: { name: 'Ann Agent', organisation: 'Provider Ltd' },
    template: { compiled: template.compiled, source },
    values: template.prefill({ account: { seats: 12, unit_price: ['20.00', 'EUR'] } }).values,
    recipients: [
      { id: 'customer', role: 'customer', recipientType: 'signer', order: 1, name: 'Carla Customer' },
      { id: 'provider', role: 'provider', recipientType: 'signer', order: 2, name: 'Paul Provider' },
    ],
    consent, ...options,
  }, await engine.keys.device('owner'));
  return { session, template };
}

/** Hands all items of one device's stream to another, as a backend would. */
export async function carry(from, to, stream) {
  const items = [];
  let at = null;
  do {
    const page = await from.store.read(stream, at, 100);
    items.push(...page.items);
    at = page.next;
  } while (at !== null);
  return to.receive(stream, items);
}

/** The code of a refusal; fails when there is none. */
export async function codeOf(work) {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error.code ?? `${error}`;
  }
  return 'no refusal';
}

/** Walks one recipient's ceremony to its end; `fill` gives the text of each field. */
export async function walk(session, fill = {}) {
  const { ceremony } = session;
  ceremony.locale = 'en';
  await ceremony.act({ do: 'start' });
  for (let guard = 0; guard < 60; guard += 1) {
    const { view } = ceremony;
    const { step } = view;
    if (view.own.state === 'counted' || view.own.state === 'signed') return view;
    switch (view.step) {
      case 'consent':
        if (!view.consent.given) {
          await ceremony.act({ do: 'tickConsent', ticked: true });
          await ceremony.act({ do: 'typeCode', text: view.access.code });
          await ceremony.act({ do: 'giveConsent' });
        }
        break;
      case 'review':
        await ceremony.act({ do: 'reach', units: view.review.of, of: view.review.of });
        await ceremony.act({ do: 'present' });
        break;
      case 'fill':
        for (const field of view.fields) if (field.id in fill) await ceremony.act({ do: 'setValue', field: field.id, text: fill[field.id] });
        await ceremony.act({ do: 'seen' });
        break;
      case 'adopt':
        await ceremony.act({ do: 'adoptMark', mark: { kind: 'typed', text: view.recipient.name } });
        await ceremony.act({ do: 'placeAll' });
        break;
      case 'sign':
        assert.deepEqual(view.blockers, []);
        return ceremony.act({ do: 'sign', gesture: 'tap', label: 'Sign and finish' });
      default:
    }
    if (ceremony.view.step === step) await ceremony.act({ do: 'next' });
  }
  throw new Error(`the ceremony does not end: ${JSON.stringify(ceremony.view.steps)} ${JSON.stringify(ceremony.view.nextBlocked)}`);
}
