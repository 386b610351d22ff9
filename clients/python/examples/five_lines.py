import asyncio

from mvpauth import AsyncClient


async def main() -> None:
    async with AsyncClient() as auth:
        pair = await auth.login("ada@example.org", "correct horse battery")
        user = await auth.current_user(pair.access_token)
        print(user.email)


asyncio.run(main())
