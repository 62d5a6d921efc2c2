import { ChevronDown } from "lucide-react"

import type { Role } from "@/api/types"
import { buttonClasses } from "@/components/button"
import { Menu, MenuChoice, MenuContent, MenuTrigger } from "@/components/menu"
import { ROLE_CHOICES, ROLES } from "@/components/roles"

interface RoleSelectorProps {
  label: string
  value: Role
  disabled: boolean
  onChange: (role: Role) => void
}

/** A role, with what each may do where it is chosen. */
export function RoleSelector({ label, value, disabled, onChange }: RoleSelectorProps) {
  return (
    <Menu>
      <MenuTrigger aria-label={`${label}: ${ROLES[value].label}`} disabled={disabled} className={buttonClasses()}>
        {ROLES[value].label}
        <ChevronDown aria-hidden size={14} strokeWidth={1.5} />
      </MenuTrigger>
      <MenuContent label={label}>
        <MenuChoice value={value} choices={ROLE_CHOICES} onChange={onChange} />
      </MenuContent>
    </Menu>
  )
}
