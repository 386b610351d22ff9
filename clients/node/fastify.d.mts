import mvpAuth from './fastify.js'

export default mvpAuth
export const authRoutes: typeof mvpAuth.authRoutes
export const errorHandler: typeof mvpAuth.errorHandler
export const requireAuth: typeof mvpAuth.requireAuth
export const routeGroups: typeof mvpAuth.routeGroups
export { mvpAuth }
