// Texts of the forms that ask who is there: a name, or a pairing code.

export const messages = {
    "zh-CN": {
        "signin.title": "登录",
        "signin.user": "用户名",
        "signin.password": "密码",
        "signin.go": "登录",
        "pair.title": "设备配对",
        "pair.about": "请输入管理员给出的 8 位配对码",
        "pair.code": "配对码",
        "pair.go": "配对",
        "pair.clear": "删除",
        "pair.person": "改用用户名登录",
        "pair.device": "改用配对码",
    },
    en: {
        "signin.title": "Sign in",
        "signin.user": "User name",
        "signin.password": "Password",
        "signin.go": "Sign in",
        "pair.title": "Pair this device",
        "pair.about": "Enter the 8 characters that the administrator has",
        "pair.code": "Pairing code",
        "pair.go": "Pair",
        "pair.clear": "Delete",
        "pair.person": "Sign in by name instead",
        "pair.device": "Use a pairing code",
    },
};
