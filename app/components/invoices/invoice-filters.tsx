import type { ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Select, TextInput } from '#app/ui/field.tsx'

/** The filter as it stands in the address; an empty string is no filter. Dates are YYYY-MM-DD, amounts as typed. */
export type InvoiceFilterValues = {
  q: string
  status: string
  sort: string
  'due-from': string
  'due-to': string
  min: string
  max: string
  po: string
}

/** The controls above an invoice list. They stand in the list's own GET form, so the address always holds the filter. */
export function InvoiceFilters({
  values,
  statuses,
  sorts,
  clearHref,
  errors = {},
}: {
  values: InvoiceFilterValues
  statuses: readonly (readonly [string, string])[]
  sorts: readonly (readonly [string, string])[]
  /** Address of the list without any filter; null when none is set. */
  clearHref: string | null
  errors?: Partial<Record<keyof InvoiceFilterValues, string>>
}): ReactNode {
  const { 'due-from': dueFrom, 'due-to': dueTo, min, max, po } = values
  const detailed = [dueFrom, dueTo, min, max, po].some((value) => value !== '')
  return (
    <search className="filter-block">
      <div className="filters">
        <TextInput
          wide
          type="search"
          label="Search"
          name="q"
          id="q"
          defaultValue={values.q}
          placeholder="Invoice or PO number"
          maxLength={200}
          error={errors.q}
        />
        <Select label="Show" name="status" id="status" defaultValue={values.status} options={statuses} />
        <Select label="Sort by" name="sort" id="sort" defaultValue={values.sort} options={sorts} />
        <div className="filters__actions">
          <Button type="submit" variant="secondary">
            Apply
          </Button>
          {clearHref !== null && <a href={clearHref}>Clear</a>}
        </div>
      </div>
      <Disclosure summary="More filters" open={detailed}>
        <div className="filters filters--more">
          <TextInput
            type="date"
            label="Due from"
            name="due-from"
            id="due-from"
            defaultValue={dueFrom}
            error={errors['due-from']}
          />
          <TextInput
            type="date"
            label="Due to"
            name="due-to"
            id="due-to"
            defaultValue={dueTo}
            error={errors['due-to']}
          />
          <TextInput
            label="Total at least"
            name="min"
            id="min"
            inputMode="decimal"
            defaultValue={min}
            error={errors.min}
          />
          <TextInput
            label="Total at most"
            name="max"
            id="max"
            inputMode="decimal"
            defaultValue={max}
            error={errors.max}
          />
          <TextInput
            label="PO number"
            name="po"
            id="po"
            maxLength={200}
            defaultValue={po}
            error={errors.po}
          />
        </div>
      </Disclosure>
    </search>
  )
}
