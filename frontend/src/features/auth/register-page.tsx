import { useMutation } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"

import { useApi } from "@/api/context"
import { Field } from "@/components/field"
import { fieldError, text } from "@/components/form"

import { AuthForm } from "./form"

export function RegisterPage() {
  const { auth } = useApi()
  const navigate = useNavigate()
  const register = useMutation({
    mutationFn: (values: FormData) => {
      return auth.register({
        email: text(values, "email"),
        username: text(values, "username"),
        password: text(values, "password"),
        team_name: text(values, "team_name"),
      })
    },
    onSuccess: () => navigate({ to: "/connect" }),
  })
  const wrong = (field: string) => fieldError(register.error, field)
  return (
    <AuthForm
      title="Create account"
      lead="You start a team of your own. Your sessions are private until you share them."
      submit="Create account"
      busy={register.isPending}
      error={register.error}
      onSubmit={register.mutate}
      footer={
        <>
          Have an account?{" "}
          <Link to="/sign-in" className="font-medium text-accent-ink underline underline-offset-2">
            Sign in
          </Link>
        </>
      }
    >
      <Field label="Email" name="email" type="email" autoComplete="email" required autoFocus error={wrong("email")} />
      <Field label="User name" name="username" autoComplete="username" required maxLength={64} error={wrong("username")} hint="Your colleagues see it on your sessions." />
      <Field label="Password" name="password" type="password" autoComplete="new-password" required minLength={8} maxLength={1024} error={wrong("password")} hint="At least 8 characters. A sentence is fine." />
      <Field label="Team name" name="team_name" autoComplete="organization" required maxLength={100} error={wrong("team_name")} />
    </AuthForm>
  )
}
