"""Login and logout. Logging in makes a new session key; logging out ends the live stream, too."""

from django.contrib.auth.views import LoginView, LogoutView


class Login(LoginView):
    """Wrong name and wrong password look the same. Throttles and locks stand before it."""

    template_name = "dashboard/login.html"
    redirect_authenticated_user = True


class Logout(LogoutView):
    """By POST only, as Django has it."""

    next_page = "login"
