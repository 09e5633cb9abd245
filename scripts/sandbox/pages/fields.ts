import type { FieldError } from '#scripts/sandbox/checkout/card-form.ts'
import { html, type Markup } from '#scripts/sandbox/pages/html.ts'

export type FieldText = { label: string; hint?: string; half?: boolean; type?: string; numeric?: boolean }

/** A labelled input with its hint and its error. */
export function fieldRow(
  name: string,
  { label, hint, half, type, numeric }: FieldText,
  value: string,
  errors: readonly FieldError[],
): Markup {
  const error = errors.find((one) => one.field === name)
  const described = [hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ')
  // Browsers must not offer a real card here, hence no cc-* autocomplete.
  return html`<div class="field${half ? ' half' : ''}">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type ?? 'text'}" value="${value}" required autocomplete="${name === 'email' ? 'email' : 'off'}"${
    numeric ? html` inputmode="numeric"` : null
  }${described ? html` aria-describedby="${described}"` : null}${error ? html` aria-invalid="true"` : null}>
${hint ? html`<p class="soft" id="${name}-hint">${hint}</p>` : null}
${error ? html`<p class="wrong" id="${name}-error">${error.message}</p>` : null}
</div>`
}

/** A set of choices of which one is taken. */
export function choiceRows(
  name: string,
  legend: string,
  choices: readonly { value: string; text: Markup | string }[],
  chosen: string | null,
): Markup {
  const rows = choices.map(
    ({ value, text }, index) =>
      html`<label class="choice" for="${name}-${index}"><input type="radio" id="${name}-${index}" name="${name}" value="${value}" required${value === chosen ? html` checked` : null}><span>${text}</span></label>`,
  )
  return html`<fieldset class="field"><legend>${legend}</legend>${rows}</fieldset>`
}

/** A box to tick. */
export function tickRow(name: string, label: string): Markup {
  return html`<label class="choice field" for="${name}"><input type="checkbox" id="${name}" name="${name}" value="yes"><span>${label}</span></label>`
}
